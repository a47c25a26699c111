package io.oqim.payment;

/**
 * What happened to a payment's money, in minor units of its currency. The database holds the rules
 * too.
 */
record Amounts(
        long authorized,
        long captured,
        long refunded,
        long voided,
        long pendingCapture,
        long pendingRefund) {
    static final Amounts NONE = new Amounts(0, 0, 0, 0, 0, 0);

    Amounts {
        if (authorized < 0
                || captured < 0
                || refunded < 0
                || voided < 0
                || pendingCapture < 0
                || pendingRefund < 0
                || Math.addExact(Math.addExact(captured, pendingCapture), voided) > authorized
                || Math.addExact(refunded, pendingRefund) > captured) {
            throw new IllegalArgumentException("amounts that break a money rule");
        }
    }

    long capturable() {
        return authorized - captured - pendingCapture - voided;
    }

    long refundable() {
        return captured - refunded - pendingRefund;
    }

    Amounts authorize(long amount) {
        return new Amounts(
                Math.addExact(authorized, amount),
                captured,
                refunded,
                voided,
                pendingCapture,
                pendingRefund);
    }

    Amounts capture(long amount) {
        return new Amounts(
                authorized,
                Math.addExact(captured, amount),
                refunded,
                voided,
                pendingCapture,
                pendingRefund);
    }
}
