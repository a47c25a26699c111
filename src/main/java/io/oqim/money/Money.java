package io.oqim.money;

import java.util.Currency;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * An amount in the minor units of its currency (ISO 4217: UZS has 2 decimals, JPY 0, KWD 3).
 *
 * @param minorUnits never negative
 */
public record Money(long minorUnits, Currency currency) {
    /** The largest amount of one operation, in minor units. */
    public static final long MOST = 999_999_999_999L;

    /**
     * Codes of ISO 4217's list three that the JDK still knows: no card is charged in them any more.
     */
    private static final Set<String> WITHDRAWN =
            Set.of(
                    "ADP", "AFA", "ANG", "ATS", "AYM", "AZM", "BEF", "BGL", "BGN", "BYB", "BYR",
                    "CSD", "CUC", "CYP", "DEM", "EEK", "ESP", "FIM", "FRF", "GHC", "GRD", "GWP",
                    "HRK", "IEP", "ITL", "LTL", "LUF", "LVL", "MGF", "MRO", "MTL", "MZM", "NLG",
                    "PTE", "ROL", "RUR", "SDD", "SIT", "SKK", "SLL", "SRG", "STD", "TMM", "TPE",
                    "TRL", "USS", "VEB", "VEF", "YUM", "ZMK", "ZWD", "ZWL", "ZWN", "ZWR");

    public Money {
        Objects.requireNonNull(currency, "currency");
        if (minorUnits < 0 || minorUnits > MOST) {
            throw new IllegalArgumentException("an amount of " + minorUnits + " minor units");
        }
    }

    public static Money of(long minorUnits, String currencyCode) {
        return new Money(minorUnits, Currency.getInstance(currencyCode));
    }

    /**
     * The currency of an ISO 4217 code, if it is one that money is held in today (not gold, not a
     * test code, not withdrawn).
     */
    public static Optional<Currency> currency(String code) {
        if (code.length() != 3 || WITHDRAWN.contains(code)) {
            return Optional.empty();
        }
        try {
            Currency currency = Currency.getInstance(code);
            return currency.getDefaultFractionDigits() < 0
                    ? Optional.empty()
                    : Optional.of(currency);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public String currencyCode() {
        return currency.getCurrencyCode();
    }

    public boolean isZero() {
        return minorUnits == 0;
    }
}
