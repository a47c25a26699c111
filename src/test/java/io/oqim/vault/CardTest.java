package io.oqim.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.config.Secret;
import io.oqim.crypto.Hashes;
import java.time.YearMonth;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        Hashes hashes = new Hashes(new Secret("a-key-of-at-least-thirty-two-characters"));
        PlainCard plain = new PlainCard("4242421234564242", 12, 2030, Optional.of("A HOLDER"));

        Card card = Card.of(plain, hashes);

        assertThat(card)
                .usingRecursiveComparison()
                .isEqualTo(
                        new Card(
                                "visa",
                                "424242",
                                "4242",
                                12,
                                2030,
                                hashes.card("4242421234564242")));
        assertThat(card.toString()).doesNotContain("123456");
        assertThat(plain.toString()).isEqualTo("[REDACTED]");
    }

    @Test
    void aCardIsGoodUntilTheEndOfItsMonth() {
        PlainCard card = new PlainCard("4242424242424242", 11, 2026, Optional.empty());

        assertThat(card.expired(YearMonth.of(2026, 10))).isFalse();
        assertThat(card.expired(YearMonth.of(2026, 11))).isFalse();
        assertThat(card.expired(YearMonth.of(2026, 12))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4242424242424242", "378282246310005", "5555555555554444", "6011111111111117",
                "30569309025904", "3530111333300000", "8600000000000007", "4000000000009995"
            })
    void numbersWithTheRightCheckDigitAreTaken(String number) {
        assertThat(CardJson.luhn(number)).isTrue();
    }

    @Test
    void anyOneDigitThatIsWrongBreaksTheCheck() {
        String number = "4242424242424242";
        for (int at = 0; at < number.length(); at++) {
            for (char digit = '0'; digit <= '9'; digit++) {
                if (digit != number.charAt(at)) {
                    String wrong = number.substring(0, at) + digit + number.substring(at + 1);

                    assertThat(CardJson.luhn(wrong)).as(wrong).isFalse();
                }
            }
        }
    }
}
