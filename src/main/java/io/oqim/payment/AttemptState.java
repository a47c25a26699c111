package io.oqim.payment;

import java.util.Locale;

/** What is known of one try at one bank. */
enum AttemptState {
    /** Of an operation that Oqim began itself: a worker will send it. */
    PLANNED,
    SENT,
    NOT_SENT,
    APPROVED,
    /** The bank approved what had ended without it; it is being given back. */
    APPROVED_LATE,
    DECLINED,
    REJECTED,
    PENDING,
    UNKNOWN,
    /** It is decided that it must not happen; the bank is being told. */
    VOIDING,
    REVERSED;

    /**
     * Whether the bank's word is what it waits for; once it is being voided, it is not any more.
     */
    boolean waitsForTheBank() {
        return switch (this) {
            case SENT, PENDING, UNKNOWN -> true;
            case PLANNED,
                    NOT_SENT,
                    APPROVED,
                    APPROVED_LATE,
                    DECLINED,
                    REJECTED,
                    VOIDING,
                    REVERSED ->
                    false;
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static AttemptState parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
