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

    /** Whether it is decided. */
    boolean ended() {
        return switch (this) {
            case PROCESSING, REQUIRES_ACTION, IN_DOUBT -> false;
            case SUCCEEDED, DECLINED, FAILED, CANCELED -> true;
        };
    }

    /** The HTTP status of an answer that shows it: 202 while nobody can say how it ends. */
    int answered() {
        return switch (this) {
            case PROCESSING, IN_DOUBT -> 202;
            case REQUIRES_ACTION, SUCCEEDED, DECLINED, FAILED, CANCELED -> 201;
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static OperationStatus parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
