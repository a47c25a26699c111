package io.oqim.payment;

import io.oqim.money.Money;

/** What is taken of captures, and given back with refunds, by the tenant's schedule. Pure. */
final class Fees {
    private Fees() {}

    /** What is taken of a sale or a capture. */
    static Money of(Open open) {
        Money amount = open.operation().amount();
        return new Money(
                open.policy().fee(amount.currencyCode()).of(amount.minorUnits()),
                amount.currency());
    }

    /**
     * What a refund gives back.
     *
     * @param then the amounts with the refund in them
     */
    static long back(Open open, Amounts then) {
        return open.policy().fee(open.operation().amount().currencyCode()).returned()
                ? then.feeOfRefunds()
                : 0;
    }
}
