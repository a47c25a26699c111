package io.oqim.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Currency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 999_999_999_999L})
    void amountsFromNothingToTheMostAreMoney(long minorUnits) {
        assertThat(Money.of(minorUnits, "UZS").minorUnits()).isEqualTo(minorUnits);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1_000_000_000_000L, Long.MIN_VALUE, Long.MAX_VALUE})
    void otherAmountsAreNone(long minorUnits) {
        assertThatThrownBy(() -> Money.of(minorUnits, "UZS"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an amount of " + minorUnits + " minor units");
    }

    @ParameterizedTest
    @CsvSource({"UZS,2", "USD,2", "JPY,0", "KWD,3", "BHD,3", "KRW,0", "CLF,4"})
    void currenciesHaveTheDecimalsOfIso4217(String code, int digits) {
        assertThat(Money.currency(code)).map(Currency::getDefaultFractionDigits).contains(digits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UZ", "UZSS", "uzs", "Uzs", "USd", "ZZZ", "U1S", "ÜZS", "   "})
    void whatIsNoCodeIsNoCurrency(String code) {
        assertThat(Money.currency(code)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"XAU", "XXX", "XTS", "XDR"})
    void goldAndTestCodesAreNoMoney(String code) {
        assertThat(Money.currency(code)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEM", "FRF", "HRK", "ZWL", "BYR"})
    void withdrawnCurrenciesAreNoMoney(String code) {
        assertThat(Money.currency(code)).isEmpty();
    }

    @Test
    void theSameAmountInAnotherCurrencyIsOtherMoney() {
        assertThat(Money.of(10, "UZS")).isNotEqualTo(Money.of(10, "USD"));
    }
}
