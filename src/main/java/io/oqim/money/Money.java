package io.oqim.money;

import java.util.Currency;
import java.util.Objects;
import java.util.Optional;

/**
 * An amount in the minor units of its currency (ISO 4217: UZS has 2 decimals, JPY 0, KWD 3).
 *
 * @param minorUnits never negative
 */
public record Money(long minorUnits, Currency currency) {
    /** The largest amount of one operation, in minor units. */
    public static final long MOST = 999_999_999_999L;

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
     * The currency of an ISO 4217 code, if it is one that money is held in (not gold, not a test
     * code).
     */
    public static Optional<Currency> currency(String code) {
        if (code.length() != 3) {
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

    /** The sum; both must be of one currency. */
    public Money plus(Money other) {
        return new Money(Math.addExact(minorUnits, same(other).minorUnits), currency);
    }

    /** The difference; both must be of one currency, and the other not larger. */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(minorUnits, same(other).minorUnits), currency);
    }

    private Money same(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException(
                    currency + " and " + other.currency + " do not add up");
        }
        return other;
    }
}
