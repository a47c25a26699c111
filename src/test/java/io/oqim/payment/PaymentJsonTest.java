package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.http.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaymentJsonTest {
    /** The contract, byte for byte: a change of it is a change of the API. */
    @Test
    void aPaymentIsWrittenAsItAlwaysWas() {
        Payment payment =
                Samples.payment(
                                OperationKind.SALE,
                                PaymentStatus.PROCESSING,
                                Payment.Outcome.NOTHING)
                        .next(
                                PaymentStatus.CAPTURED,
                                Samples.amounts(125_000, 125_000, 5_000, 0, 0, 0, 20_000),
                                Payment.Outcome.NOTHING,
                                Samples.NOW);

        assertThat(json(payment))
                .isEqualTo(
                        "{\"id\":\"pay_01h455vb4pex5vsknk084sn02q\",\"object\":\"payment\",\"status\":\"captured\","
                                + "\"amount\":125000,\"currency\":\"UZS\",\"amount_authorized\":125000,"
                                + "\"amount_captured\":125000,\"amount_refunded\":5000,\"amount_disputed\":0,\"amount_capturable\":0,"
                                + "\"amount_refundable\":100000,\"amount_fee\":0,\"capture_method\":\"automatic\","
                                + "\"reference\":\"order-1\",\"description\":null,"
                                + "\"payment_method\":{\"type\":\"card\",\"card\":{\"brand\":\"visa\","
                                + "\"first6\":\"424242\",\"last4\":\"4242\",\"exp_month\":12,\"exp_year\":2030},\"token\":null},"
                                + "\"bank\":\"alpha\",\"decline\":null,\"failure\":null,\"next_action\":null,"
                                + "\"in_doubt\":null,\"review\":null,\"authorized_until\":null,\"metadata\":{\"order\":\"17\",\"a\":\"ў\"},\"test\":true,"
                                + "\"created\":\"2026-11-23T20:31:05.120Z\",\"updated\":\"2026-11-23T20:31:08.120Z\","
                                + "\"version\":2}");
    }

    @Test
    void aDeclineTellsItsKind() {
        Payment payment =
                declined(new Decline("insufficient_funds", "soft", "51", "Not enough money."));

        assertThat(json(payment))
                .contains(
                        "\"decline\":{\"code\":\"insufficient_funds\",\"kind\":\"soft\",\"bank_code\":\"51\","
                                + "\"message\":\"Not enough money.\"},\"failure\":null");
    }

    @Test
    void aDeclineByRiskHasNoCodeOfABank() {
        Payment payment = declined(Decline.risk("card_velocity_exceeded", "Too many."));

        assertThat(json(payment))
                .contains(
                        "\"decline\":{\"code\":\"card_velocity_exceeded\",\"kind\":\"risk\",\"bank_code\":null,");
    }

    @Test
    void aFailureTellsItsCode() {
        Payment payment =
                Samples.payment(
                        OperationKind.SALE,
                        PaymentStatus.FAILED,
                        Payment.Outcome.of(new Failure("bank_rejected", "No.")));

        assertThat(json(payment))
                .contains(
                        "\"decline\":null,\"failure\":{\"code\":\"bank_rejected\",\"message\":\"No.\"},");
    }

    @Test
    void aRedirectIsTheNextAction() {
        Payment payment =
                Samples.payment(
                        OperationKind.SALE,
                        PaymentStatus.REQUIRES_ACTION,
                        Payment.Outcome.redirect("https://acs.example/?a=1"));

        assertThat(json(payment))
                .contains(
                        "\"next_action\":{\"type\":\"redirect\",\"url\":\"https://acs.example/?a=1\"},");
    }

    @Test
    void doubtIsToldInPublic() {
        Payment payment =
                Samples.payment(
                        OperationKind.SALE,
                        PaymentStatus.IN_DOUBT,
                        Payment.Outcome.of(Samples.DOUBT));

        assertThat(json(payment))
                .contains("\"status\":\"in_doubt\"")
                .contains(
                        "\"in_doubt\":{\"since\":\"2026-11-23T20:31:06.120Z\","
                                + "\"resolve_by\":\"2026-11-24T20:31:06.120Z\","
                                + "\"operation\":\"op_01h455vb4qe008000000000000\"},");
    }

    @Test
    void emailAddressAndHashStayInside() {
        Payment payment =
                Samples.payment(
                        OperationKind.SALE, PaymentStatus.PROCESSING, Payment.Outcome.NOTHING);

        assertThat(json(payment))
                .doesNotContain("somebody@example.com")
                .doesNotContain("203.0.113.7")
                .doesNotContain("hash");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T20:31:05Z,2026-11-23T20:31:05.000Z",
        "2026-11-23T20:31:05.1Z,2026-11-23T20:31:05.100Z",
        "2026-11-23T20:31:05.999999999Z,2026-11-23T20:31:05.999Z"
    })
    void timesHaveThreeDecimals(Instant time, String text) {
        assertThat(Json.time(time)).isEqualTo(text);
    }

    private static Payment declined(Decline decline) {
        return Samples.payment(
                OperationKind.SALE, PaymentStatus.DECLINED, Payment.Outcome.of(decline));
    }

    private static String json(Payment payment) {
        return new String(PaymentJson.bytes(payment), StandardCharsets.UTF_8);
    }
}
