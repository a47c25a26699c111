package io.oqim.payment;

import java.util.Locale;

/** What an operation does. */
enum OperationKind {
    AUTHORIZE,
    SALE,
    CAPTURE,
    VOID,
    REFUND,
    ADJUST;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static OperationKind parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
