package io.oqim.payment;

/**
 * How much of a payment an operation is about, in minor units of its currency.
 *
 * @param amount what the bank is asked for; of an adjustment, the new total
 * @param before of an adjustment, the total until then; else 0
 * @param releases of a final capture, what is released after it; else 0
 */
record Extent(long amount, long before, long releases) {
    static Extent of(long amount) {
        return new Extent(amount, 0, 0);
    }

    static Extent adjustment(long before, long total) {
        return new Extent(total, before, 0);
    }
}
