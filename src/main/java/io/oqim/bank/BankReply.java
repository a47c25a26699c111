package io.oqim.bank;

import io.oqim.money.Money;
import java.util.Optional;

/**
 * What a bank's answer, or its silence, means for money.
 *
 * <p>The rule: once the first byte may have left, everything that is not the bank's own word is
 * {@link Unknown}. Never an exception: a code that was never seen before must not stop payments.
 */
public sealed interface BankReply {
    /** Final, and this much money was moved or held. */
    record Approved(Money effected, BankIds ids) implements BankReply {}

    /**
     * Accepted, the result comes later; with a redirect when the customer has to do something
     * first.
     */
    record Pending(BankIds ids, Optional<String> redirect) implements BankReply {}

    /** Final, no money moved. A hard decline will stay one; a soft one may pass another time. */
    record Declined(boolean hard, String code, String message, BankIds ids) implements BankReply {}

    /** Final, no money moved, and our fault or our configuration's: never retried as it is. */
    record Rejected(String code, String message) implements BankReply {}

    /**
     * It did not happen: no byte left.
     *
     * @param tooLate because this process was too slow to send it
     */
    record NotSent(String reason, boolean tooLate) implements BankReply {
        public NotSent(String reason) {
            this(reason, false);
        }
    }

    /** It did not happen: the bank itself says that it did nothing. */
    record NotProcessed(String reason) implements BankReply {}

    /** Sent, and nobody knows. */
    record Unknown(String reason) implements BankReply {}

    /**
     * The bank has seen this reference before: ask what became of it, do not take it for a failure.
     */
    record Duplicate() implements BankReply {}

    /** The attempt was undone by its reference, and can never happen any more. */
    record Reversed(boolean hadEffect, BankIds ids) implements BankReply {}

    /** Whether it says more than that nothing is known. */
    default boolean decides() {
        return switch (this) {
            case Approved approved -> true;
            case Pending pending -> true;
            case Declined declined -> true;
            case Rejected rejected -> true;
            case NotProcessed notProcessed -> true;
            case Reversed reversed -> true;
            case NotSent notSent -> false;
            case Unknown unknown -> false;
            case Duplicate duplicate -> false;
        };
    }

    /** A short name, for metrics and traces. */
    default String name() {
        return switch (this) {
            case Approved approved -> "approved";
            case Pending pending -> "pending";
            case Declined declined -> "declined";
            case Rejected rejected -> "rejected";
            case NotSent notSent -> "not_sent";
            case NotProcessed notProcessed -> "not_processed";
            case Unknown unknown -> "unknown";
            case Duplicate duplicate -> "duplicate";
            case Reversed reversed -> "reversed";
        };
    }
}
