package io.oqim.payment;

import java.util.Locale;

/** Where a payment stands (docs/states.md). */
enum PaymentStatus {
    REQUIRES_ACTION,
    PROCESSING,
    IN_DOUBT,
    AUTHORIZED,
    PARTIALLY_CAPTURED,
    CAPTURED,
    DECLINED,
    FAILED,
    CANCELED,
    EXPIRED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static PaymentStatus parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** Whether the operation that opens it is not decided. */
    boolean incomplete() {
        return switch (this) {
            case REQUIRES_ACTION, PROCESSING, IN_DOUBT -> true;
            case AUTHORIZED, PARTIALLY_CAPTURED, CAPTURED, DECLINED, FAILED, CANCELED, EXPIRED ->
                    false;
        };
    }

    /** Whether the bank holds money that can be captured. */
    boolean holds() {
        return this == AUTHORIZED || this == PARTIALLY_CAPTURED;
    }

    /** The HTTP status of an answer that shows it: 202 while nobody can say how it ends. */
    int answered() {
        return switch (this) {
            case PROCESSING, IN_DOUBT -> 202;
            case REQUIRES_ACTION,
                    AUTHORIZED,
                    PARTIALLY_CAPTURED,
                    CAPTURED,
                    DECLINED,
                    FAILED,
                    CANCELED,
                    EXPIRED ->
                    201;
        };
    }
}
