package io.oqim.payment;

/**
 * What happened to a payment's money, in minor units of its currency, and what is kept for
 * operations under way. The database holds the rules too.
 *
 * @param pendingCapture kept for captures that are not decided
 * @param pendingVoid kept for a void that is not decided
 * @param pendingRefund kept for refunds that are not decided
 */
record Amounts(
        long authorized,
        long captured,
        long refunded,
        long voided,
        long pendingCapture,
        long pendingVoid,
        long pendingRefund) {
    static final Amounts NONE = new Amounts(0, 0, 0, 0, 0, 0, 0);

    Amounts {
        if (authorized < 0
                || captured < 0
                || refunded < 0
                || voided < 0
                || pendingCapture < 0
                || pendingVoid < 0
                || pendingRefund < 0
                || sum(captured, pendingCapture, voided, pendingVoid) > authorized
                || sum(refunded, pendingRefund) > captured) {
            throw new IllegalArgumentException("amounts that break a money rule");
        }
    }

    private static long sum(long... amounts) {
        long sum = 0;
        for (long amount : amounts) {
            sum = Math.addExact(sum, amount);
        }
        return sum;
    }

    long capturable() {
        return authorized - captured - pendingCapture - voided - pendingVoid;
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
                pendingVoid,
                pendingRefund);
    }

    /** Keeps an amount for an operation under way. */
    Amounts reserve(OperationKind kind, long amount) {
        return pending(kind, amount);
    }

    /** The operation did not happen. */
    Amounts release(OperationKind kind, long amount) {
        return pending(kind, -amount);
    }

    /** The operation happened. */
    Amounts effect(OperationKind kind, long amount) {
        Amounts rest = release(kind, amount);
        return switch (kind) {
            case CAPTURE -> rest.capture(amount);
            case VOID ->
                    new Amounts(
                            authorized,
                            captured,
                            refunded,
                            Math.addExact(voided, amount),
                            pendingCapture,
                            rest.pendingVoid,
                            pendingRefund);
            case REFUND ->
                    new Amounts(
                            authorized,
                            captured,
                            Math.addExact(refunded, amount),
                            voided,
                            pendingCapture,
                            pendingVoid,
                            rest.pendingRefund);
            case AUTHORIZE, SALE, ADJUST -> throw notKept(kind);
        };
    }

    Amounts capture(long amount) {
        return new Amounts(
                authorized,
                Math.addExact(captured, amount),
                refunded,
                voided,
                pendingCapture,
                pendingVoid,
                pendingRefund);
    }

    private Amounts pending(OperationKind kind, long change) {
        return switch (kind) {
            case CAPTURE ->
                    new Amounts(
                            authorized,
                            captured,
                            refunded,
                            voided,
                            Math.addExact(pendingCapture, change),
                            pendingVoid,
                            pendingRefund);
            case VOID ->
                    new Amounts(
                            authorized,
                            captured,
                            refunded,
                            voided,
                            pendingCapture,
                            Math.addExact(pendingVoid, change),
                            pendingRefund);
            case REFUND ->
                    new Amounts(
                            authorized,
                            captured,
                            refunded,
                            voided,
                            pendingCapture,
                            pendingVoid,
                            Math.addExact(pendingRefund, change));
            case AUTHORIZE, SALE, ADJUST -> throw notKept(kind);
        };
    }

    private static IllegalArgumentException notKept(OperationKind kind) {
        return new IllegalArgumentException("nothing is kept for " + kind);
    }
}
