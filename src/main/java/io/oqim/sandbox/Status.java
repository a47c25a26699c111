package io.oqim.sandbox;

import java.util.Locale;

/** How an operation stands. Pending and action required become one of the others later. */
enum Status {
    APPROVED,
    DECLINED,
    PENDING,
    ACTION_REQUIRED,
    VOIDED;

    static Status of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isOpen() {
        return this == PENDING || this == ACTION_REQUIRED;
    }
}
