package io.oqim.payment;

/**
 * What happened to a payment's money, in minor units of its currency, and what is kept for
 * operations under way. The database holds the rules too.
 */
record Amounts(long authorized, long captured, long refunded, long voided, Kept kept) {
    static final Amounts NONE = new Amounts(0, 0, 0, 0, Kept.NOTHING);

    /**
     * What is kept for operations that are not decided.
     *
     * @param capture to be captured
     * @param release to be released, by a void, by an adjustment to less, or after a final capture
     * @param refund to be refunded
     * @param increase by which an adjustment asks for more; nothing of it can be captured yet
     */
    record Kept(long capture, long release, long refund, long increase) {
        static final Kept NOTHING = new Kept(0, 0, 0, 0);

        private Kept plus(long captures, long releases, long refunds, long increases) {
            return new Kept(
                    Math.addExact(capture, captures),
                    Math.addExact(release, releases),
                    Math.addExact(refund, refunds),
                    Math.addExact(increase, increases));
        }

        private boolean negative() {
            return capture < 0 || release < 0 || refund < 0 || increase < 0;
        }
    }

    Amounts {
        if (authorized < 0
                || captured < 0
                || refunded < 0
                || voided < 0
                || kept.negative()
                || sum(captured, kept.capture(), voided, kept.release()) > authorized
                || sum(refunded, kept.refund()) > captured) {
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
        return authorized - captured - kept.capture() - voided - kept.release();
    }

    long refundable() {
        return captured - refunded - kept.refund();
    }

    /** The bank holds this much more. */
    Amounts authorize(long amount) {
        return new Amounts(Math.addExact(authorized, amount), captured, refunded, voided, kept);
    }

    /** The bank has debited this much. */
    Amounts capture(long amount) {
        return new Amounts(authorized, Math.addExact(captured, amount), refunded, voided, kept);
    }

    /** Keeps what an operation of this extent is about to do. */
    Amounts reserve(OperationKind kind, Extent extent) {
        return keep(kind, extent, 1);
    }

    /** The operation did not happen. */
    Amounts release(OperationKind kind, Extent extent) {
        return keep(kind, extent, -1);
    }

    /** The operation happened. What a final capture releases stays kept for the release. */
    Amounts effect(OperationKind kind, Extent extent) {
        long amount = extent.amount();
        Amounts rest = keep(kind, new Extent(amount, extent.before(), 0), -1);
        return switch (kind) {
            case CAPTURE -> rest.capture(amount);
            case VOID ->
                    new Amounts(
                            authorized,
                            captured,
                            refunded,
                            Math.addExact(voided, amount),
                            rest.kept);
            case REFUND ->
                    new Amounts(
                            authorized,
                            captured,
                            Math.addExact(refunded, amount),
                            voided,
                            rest.kept);
            case ADJUST -> rest.authorize(amount - extent.before());
            case AUTHORIZE, SALE -> throw notKept(kind);
        };
    }

    private Amounts keep(OperationKind kind, Extent extent, int sign) {
        long amount = sign * extent.amount();
        Kept then =
                switch (kind) {
                    case CAPTURE -> kept.plus(amount, sign * extent.releases(), 0, 0);
                    case VOID -> kept.plus(0, amount, 0, 0);
                    case REFUND -> kept.plus(0, 0, amount, 0);
                    case ADJUST -> {
                        long more = extent.amount() - extent.before();
                        yield kept.plus(0, sign * Math.max(-more, 0), 0, sign * Math.max(more, 0));
                    }
                    case AUTHORIZE, SALE -> throw notKept(kind);
                };
        return new Amounts(authorized, captured, refunded, voided, then);
    }

    private static IllegalArgumentException notKept(OperationKind kind) {
        return new IllegalArgumentException("nothing is kept for " + kind);
    }
}
