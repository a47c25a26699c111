package io.oqim.bank;

/** What a bank says when asked to void whatever a reference did, and to refuse it for ever. */
public sealed interface Tombstone {
    /** Done; whether there was anything to undo. */
    record Laid(boolean hadEffect, BankIds ids) implements Tombstone {}

    /** It says that it did not, and never will: what the reference did stands. */
    record Refused(String code) implements Tombstone {}

    /** It did not say that it did. */
    record Silent(String reason) implements Tombstone {}
}
