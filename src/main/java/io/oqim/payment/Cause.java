package io.oqim.payment;

import java.util.Locale;

/** Why there is an operation. */
enum Cause {
    /** The merchant asked for it, under an idempotency key. */
    MERCHANT,
    /** A final capture succeeded, and the rest is released. */
    FINAL_CAPTURE,
    /** Nobody captured in time what was authorized. */
    EXPIRY,
    /** A person has accepted it in review, and it was to be captured at once. */
    ACCEPTANCE,
    /** A person has rejected it in review. */
    REJECTION,
    /** The bank approved what had ended without it, and has to give it back. */
    LATE_APPROVAL;

    /** Whether the payment's amounts know of it. What came too late was never the merchant's. */
    boolean counts() {
        return this != LATE_APPROVAL;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Cause parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
