package io.oqim.merchant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeeTest {
    @ParameterizedTest(name = "{0} and {1} basis points of {2} is {3}")
    @CsvSource({
        "30, 290, 10000, 320",
        "0, 0, 10000, 0",
        "0, 1, 4999, 0",
        "0, 1, 5000, 1",
        "30, 0, 20, 20",
        "0, 10000, 777, 777",
        "999999999999, 10000, 999999999999, 999999999999",
    })
    void aFeeIsTheFixedAmountAndThePartRoundedHalfUpAndNoMoreThanTheCapture(
            long fixed, int basisPoints, long amount, long fee) {
        assertThat(new Policy.Fee(fixed, basisPoints, false).of(amount)).isEqualTo(fee);
    }
}
