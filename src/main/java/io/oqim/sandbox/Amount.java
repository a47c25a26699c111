package io.oqim.sandbox;

/**
 * An amount in the currency's minor units.
 *
 * @param currency ISO 4217; {@link #NO_CURRENCY} where no money was ever named
 */
record Amount(long minorUnits, String currency) {
    static final long MAX_MINOR_UNITS = 999_999_999_999L;

    /** ISO 4217's own code for a transaction without a currency. */
    static final String NO_CURRENCY = "XXX";

    /** What a reference is worth that the bank never saw used. */
    static final Amount NOTHING = new Amount(0, NO_CURRENCY);

    /** There are few currencies and millions of amounts. */
    Amount {
        currency = currency.intern();
    }

    Amount of(long otherMinorUnits) {
        return new Amount(otherMinorUnits, currency);
    }
}
