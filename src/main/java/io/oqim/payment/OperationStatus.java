package io.oqim.payment;

import java.util.Locale;

/** Where an operation stands. */
enum OperationStatus {
    PROCESSING,
    REQUIRES_ACTION,
    IN_DOUBT,
    SUCCEEDED,
    DECLINED,
    FAILED,
    CANCELED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static OperationStatus parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
