package io.oqim.sandbox;

import java.util.Locale;

/** What a caller asked the bank to do. */
enum OperationKind {
    AUTHORIZE,
    SALE,
    CAPTURE,
    VOID,
    REFUND,
    ADJUST;

    static OperationKind of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it creates a payment, instead of changing one. */
    boolean opensPayment() {
        return this == AUTHORIZE || this == SALE;
    }
}
