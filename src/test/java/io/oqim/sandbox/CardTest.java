package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.YearMonth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CardTest {
    private static final YearMonth NOW = YearMonth.of(2026, 11);

    @ParameterizedTest
    @CsvSource({
        "4242424242424242, true",
        "4242424242424241, false",
        "5555555555554444, true",
        "378282246310005, true",
        "4000000000003220, true",
        "42424242424, false",
        "42424242424242424242, false",
        "4242 4242 4242 4242, false"
    })
    void numberHasDigitsAndARightCheckDigit(String number, boolean isNumber) {
        assertThat(Card.isNumber(number)).isEqualTo(isNumber);
    }

    @Test
    void cardIsGoodUntilTheEndOfItsMonth() {
        assertThat(decision(NOW)).isEqualTo(Decision.APPROVE);
        assertThat(decision(NOW.minusMonths(1)))
                .isEqualTo(new Decision.Refuse(Decline.EXPIRED_CARD));
    }

    @Test
    void cardPrintsWithoutItsNumber() {
        assertThat(Card.of("4242424242424242", NOW)).hasToString("424242******4242");
    }

    @ParameterizedTest
    @CsvSource({
        "4242424242424242, bt_424242_4242_203101_approved",
        "4000000000009995, bt_400000_9995_203101_insufficient_funds",
        "4000000000003220, bt_400000_3220_203101_action_required",
        "4000000000000259, bt_400000_0259_203101_disputed"
    })
    void aTokenIsDecidedAsItsCardIs(String number, String token) {
        Card card = Card.of(number, YearMonth.of(2031, 1));

        assertThat(card.token()).isEqualTo(token);
        assertThat(Card.ofToken(token)).contains(card);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bt_424242_4242_203113_approved",
                "bt_424242_4242_203101_rich",
                "bt_424242_4242_203101",
                "4242424242424242"
            })
    void whatTheBankDidNotGiveIsNoToken(String text) {
        assertThat(Card.ofToken(text)).isEmpty();
    }

    private static Decision decision(YearMonth expiry) {
        return Card.of("4242424242424242", expiry).decision(SuffixTimes.STANDARD.challenge(), NOW);
    }
}
