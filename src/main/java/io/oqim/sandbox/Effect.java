package io.oqim.sandbox;

import java.util.Locale;

/** What a row of the books did to the cardholder's money. */
enum Effect {
    HOLD,
    DEBIT,
    RELEASE,
    CREDIT,
    NONE;

    static Effect of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
