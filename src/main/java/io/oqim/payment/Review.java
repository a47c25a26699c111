package io.oqim.payment;

import java.util.Locale;

/** What a person made of a payment that a rule wanted to be looked at. */
enum Review {
    /** Nothing yet: it is not captured. */
    PENDING,
    /** It may be captured. */
    RELEASED,
    /** What it holds is released at the bank. */
    REJECTED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Review parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
