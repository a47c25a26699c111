package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CardTest {
    @ParameterizedTest
    @CsvSource({
        "8600120000000000,uzcard",
        "5614680000000000,uzcard",
        "9860010000000000,humo",
        "4242424242424242,visa",
        "4000000000000002,visa",
        "5100000000000000,mastercard",
        "5555555555554444,mastercard",
        "5000000000000000,unknown",
        "5600000000000000,unknown",
        "2220990000000000,unknown",
        "2221000000000000,mastercard",
        "2720990000000000,mastercard",
        "2721000000000000,unknown",
        "340000000000000,amex",
        "378282246310005,amex",
        "350000000000000,unknown",
        "6200000000000000,unionpay",
        "2199000000000000,unknown",
        "2200000000000000,mir",
        "2204990000000000,mir",
        "2205000000000000,unknown",
        "3527000000000000,unknown",
        "3528000000000000,jcb",
        "3589990000000000,jcb",
        "3590000000000000,unknown",
        "6011111111111117,discover",
        "6500000000000000,discover",
        "6010000000000000,unknown",
        "0000000000000000,unknown",
        "9861000000000000,unknown"
    })
    void theBrandFollowsFromTheFirstDigits(String number, String brand) {
        assertThat(Card.brand(number)).isEqualTo(brand);
    }

    @Test
    void onlyTheFirstSixAndTheLastFourDigitsAreKept() {
        byte[] hash = {1, 2, 3};

        Card card = Card.of("4242421234564242", 12, 2030, hash);

        assertThat(card).isEqualTo(new Card("visa", "424242", "4242", 12, 2030, hash));
        assertThat(card.toString()).doesNotContain("123456");
    }
}
