package io.oqim.sandbox;

/**
 * The sums of one payment in minor units. Open amounts are reserved: they count as captured or
 * refunded when it is asked what is left.
 */
record Sums(long authorized, long captured, long refunded, long openCaptures, long openRefunds) {
    static final Sums NONE = new Sums(0, 0, 0, 0, 0);

    long capturable() {
        return authorized - captured - openCaptures;
    }

    long refundable() {
        return captured - refunded - openRefunds;
    }

    Sums authorize(long amount) {
        return new Sums(
                Math.addExact(authorized, amount), captured, refunded, openCaptures, openRefunds);
    }

    Sums capture(long amount) {
        return new Sums(
                authorized, Math.addExact(captured, amount), refunded, openCaptures, openRefunds);
    }

    Sums refund(long amount) {
        return new Sums(
                authorized, captured, Math.addExact(refunded, amount), openCaptures, openRefunds);
    }

    Sums openCapture(long amount) {
        return new Sums(
                authorized, captured, refunded, Math.addExact(openCaptures, amount), openRefunds);
    }

    Sums openRefund(long amount) {
        return new Sums(
                authorized, captured, refunded, openCaptures, Math.addExact(openRefunds, amount));
    }
}
