package io.oqim.payment;

import java.math.BigInteger;

/**
 * What happened to a payment's money, in minor units of its currency, and what is kept for
 * operations under way. The database holds the rules too.
 *
 * @param lost what captures that were approved late have used up of the authorization
 * @param disputed what the bank has taken back for its customer
 */
record Amounts(
        long authorized,
        long captured,
        long refunded,
        long voided,
        Kept kept,
        long lost,
        Disputed disputed,
        Fees fees) {
    static final Amounts NONE =
            new Amounts(0, 0, 0, 0, Kept.NOTHING, 0, Disputed.NOTHING, Fees.NONE);

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

    /**
     * What disputes have taken back that are not won. A bank does as it likes, also while a refund
     * is under way; refunds are kept within what is left.
     *
     * @param beyond by how much banks went beyond what was left, by a dispute or by a refund that
     *     was taken for failed; grows with what banks have done alone
     */
    record Disputed(long amount, long beyond) {
        static final Disputed NOTHING = new Disputed(0, 0);

        private Disputed atLeast(long over) {
            return new Disputed(amount, Math.max(beyond, over));
        }

        private Disputed atMost(long over) {
            return new Disputed(amount, Math.min(beyond, over));
        }
    }

    /**
     * What Oqim takes.
     *
     * @param returned what of it was given back with refunds
     */
    record Fees(long charged, long returned) {
        static final Fees NONE = new Fees(0, 0);
    }

    Amounts {
        if (authorized < 0
                || captured < 0
                || refunded < 0
                || voided < 0
                || kept.negative()
                || lost < 0
                || sum(captured, kept.capture(), voided, kept.release(), lost) > authorized
                || sum(refunded, kept.refund()) > captured
                || disputed.amount() < 0
                || disputed.amount() > captured
                || disputed.beyond() < 0
                || sum(refunded, kept.refund(), disputed.amount())
                        > sum(captured, disputed.beyond())
                || fees.charged() < 0
                || fees.charged() > captured
                || fees.returned() < 0
                || fees.returned() > fees.charged()) {
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
        return authorized - captured - kept.capture() - voided - kept.release() - lost;
    }

    long refundable() {
        return Math.max(0, notRefunded() - kept.refund());
    }

    /** What is neither refunded nor disputed, whatever is under way. */
    long notRefunded() {
        return Math.max(0, captured - refunded - disputed.amount());
    }

    /**
     * A bank has taken this much back, or given it back when it is below zero.
     *
     * @throws IllegalArgumentException when it is more than was captured, or than was taken
     */
    Amounts dispute(long amount) {
        Disputed taken = new Disputed(Math.addExact(disputed.amount(), amount), disputed.beyond());
        long over = over(taken.amount(), kept.refund());
        return new Amounts(
                authorized,
                captured,
                refunded,
                voided,
                kept,
                lost,
                amount > 0 ? taken.atLeast(over) : taken.atMost(over),
                fees);
    }

    /** By how much refunds, those under way and disputes are more than was captured. */
    private long over(long taken, long refunding) {
        return Math.max(0, sum(refunded, refunding, taken) - captured);
    }

    /** The bank holds this much more. */
    Amounts authorize(long amount) {
        return new Amounts(
                Math.addExact(authorized, amount),
                captured,
                refunded,
                voided,
                kept,
                lost,
                disputed,
                fees);
    }

    /** The bank has debited this much. */
    Amounts capture(long amount) {
        long more = Math.addExact(captured, amount);
        long over = Math.max(0, sum(refunded, kept.refund(), disputed.amount()) - more);
        return new Amounts(
                authorized, more, refunded, voided, kept, lost, disputed.atMost(over), fees);
    }

    /** A late capture has used up this much, or what is left of it. */
    Amounts lose(long amount) {
        return new Amounts(
                authorized,
                captured,
                refunded,
                voided,
                kept,
                Math.addExact(lost, Math.min(amount, capturable())),
                disputed,
                fees);
    }

    /** What is neither captured nor released nor lost, whatever is under way. */
    long left() {
        return authorized - captured - voided - lost;
    }

    /** A fee for a capture. */
    Amounts charge(long fee) {
        return with(new Fees(Math.addExact(fees.charged(), fee), fees.returned()));
    }

    /** A part of the fee is given back. */
    Amounts giveBack(long fee) {
        return with(new Fees(fees.charged(), Math.addExact(fees.returned(), fee)));
    }

    private Amounts with(Fees other) {
        return new Amounts(authorized, captured, refunded, voided, kept, lost, disputed, other);
    }

    /** The part of the fee that belongs to all that is refunded, and was not given back yet. */
    long feeOfRefunds() {
        if (captured == 0) {
            return 0;
        }
        long share =
                BigInteger.valueOf(fees.charged())
                        .multiply(BigInteger.valueOf(refunded))
                        .divide(BigInteger.valueOf(captured))
                        .longValueExact();
        return Math.max(0, share - fees.returned());
    }

    /** Keeps what an operation of this extent is about to do. */
    Amounts reserve(OperationKind kind, Extent extent) {
        return keep(kind, extent, 1, disputed);
    }

    /** Keeps what a bank has done already: a refund also beyond what disputes have left. */
    Amounts reserveDone(OperationKind kind, Extent extent) {
        return keep(kind, extent, 1, disputed.atLeast(overWith(kind, extent, 1)));
    }

    /** The operation did not happen. */
    Amounts release(OperationKind kind, Extent extent) {
        return keep(kind, extent, -1, disputed.atMost(overWith(kind, extent, -1)));
    }

    private long overWith(OperationKind kind, Extent extent, int sign) {
        long refunding = kind == OperationKind.REFUND ? sign * extent.amount() : 0;
        return over(disputed.amount(), Math.addExact(kept.refund(), refunding));
    }

    /** The operation happened. What a final capture releases stays kept for the release. */
    Amounts effect(OperationKind kind, Extent extent) {
        long amount = extent.amount();
        Amounts rest = keep(kind, new Extent(amount, extent.before(), 0), -1, disputed);
        return switch (kind) {
            case CAPTURE -> rest.capture(amount);
            case VOID ->
                    new Amounts(
                            authorized,
                            captured,
                            refunded,
                            Math.addExact(voided, amount),
                            rest.kept,
                            lost,
                            disputed,
                            fees);
            case REFUND ->
                    new Amounts(
                            authorized,
                            captured,
                            Math.addExact(refunded, amount),
                            voided,
                            rest.kept,
                            lost,
                            disputed,
                            fees);
            case ADJUST -> rest.authorize(amount - extent.before());
            case AUTHORIZE, SALE -> throw notKept(kind);
        };
    }

    private Amounts keep(OperationKind kind, Extent extent, int sign, Disputed taken) {
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
        return new Amounts(authorized, captured, refunded, voided, then, lost, taken, fees);
    }

    private static IllegalArgumentException notKept(OperationKind kind) {
        return new IllegalArgumentException("nothing is kept for " + kind);
    }
}
