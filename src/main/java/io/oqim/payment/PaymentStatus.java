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

    /** Whether the outcome of its authorization is still to come. */
    boolean open() {
        return switch (this) {
            case REQUIRES_ACTION, PROCESSING, IN_DOUBT -> true;
            case AUTHORIZED, PARTIALLY_CAPTURED, CAPTURED, DECLINED, FAILED, CANCELED, EXPIRED ->
                    false;
        };
    }
}
