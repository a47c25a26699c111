package io.oqim.sandbox;

/**
 * The sums of one payment in minor units. Open amounts are reserved: they count as captured or
 * refunded when it is asked what is left.
 *
 * @param disputed what disputes have taken back and not given to the merchant again
 */
record Sums(
        long authorized,
        long captured,
        long refunded,
        long openCaptures,
        long openRefunds,
        long disputed) {
    static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0);

    long capturable() {
        return authorized - captured - openCaptures;
    }

    /** What the merchant has of the payment, whatever open refunds may take. */
    long kept() {
        return captured - refunded - disputed;
    }

    long refundable() {
        return kept() - openRefunds;
    }

    Sums authorize(long amount) {
        return new Sums(
                Math.addExact(authorized, amount),
                captured,
                refunded,
                openCaptures,
                openRefunds,
                disputed);
    }

    Sums capture(long amount) {
        return new Sums(
                authorized,
                Math.addExact(captured, amount),
                refunded,
                openCaptures,
                openRefunds,
                disputed);
    }

    Sums refund(long amount) {
        return new Sums(
                authorized,
                captured,
                Math.addExact(refunded, amount),
                openCaptures,
                openRefunds,
                disputed);
    }

    Sums openCapture(long amount) {
        return new Sums(
                authorized,
                captured,
                refunded,
                Math.addExact(openCaptures, amount),
                openRefunds,
                disputed);
    }

    Sums openRefund(long amount) {
        return new Sums(
                authorized,
                captured,
                refunded,
                openCaptures,
                Math.addExact(openRefunds, amount),
                disputed);
    }

    /**
     * @param amount negative when it is given to the merchant again
     */
    Sums dispute(long amount) {
        return new Sums(
                authorized,
                captured,
                refunded,
                openCaptures,
                openRefunds,
                Math.addExact(disputed, amount));
    }
}
