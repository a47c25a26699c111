package io.oqim.payment;

import java.util.Locale;

/** What a person made of a payment that a rule wanted to be looked at. */
enum Review {
    /** Nothing yet: it is not captured. */
    PENDING,
    /** It may be captured. */
    ACCEPTED,
    /** What it holds is released at the bank, and nothing of it is ever captured. */
    REJECTED,
    /** The payment has ended before anybody had decided. */
    CLOSED;

    /** Whether nothing of the payment may be captured. */
    boolean holds() {
        return switch (this) {
            case PENDING, REJECTED -> true;
            case ACCEPTED, CLOSED -> false;
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Review parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
