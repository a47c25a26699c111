package io.oqim.sandbox;

import static io.oqim.sandbox.RunningSandbox.order;
import static io.oqim.sandbox.RunningSandbox.payment;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PaymentsIT {
    @TempDir Path books;
    private RunningSandbox sandbox;

    @BeforeEach
    void start() {
        sandbox = RunningSandbox.at(books);
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4242424242424242", "5555555555554444", "8600123456789012"})
    void goodCardIsDebited(String number) throws Exception {
        Reply reply = sandbox.sale("s1", 12_500, number.startsWith("86") ? luhn(number) : number);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("status")).isEqualTo("approved");
        assertThat(reply.text("operation")).isEqualTo("sale");
        assertThat(reply.body().getInt("amount")).isEqualTo(12_500);
        assertThat(reply.text("currency")).isEqualTo("UZS");
        assertThat(reply.text("auth_code")).matches("[0-9]{6}");
        assertThat(reply.text("rrn")).matches("[0-9]{12}");
        assertThat(effects()).containsExactly("debit 12500");
    }

    @ParameterizedTest
    @CsvSource({
        "4000000000000002, soft, generic_decline",
        "4000000000009995, soft, insufficient_funds",
        "4000000000000069, hard, expired_card",
        "4000000000000127, hard, incorrect_cvc",
        "4000000000009987, hard, lost_card",
        "4000000000009979, hard, stolen_card",
        "4000000000000119, soft, processing_error",
        "4100000000000019, hard, fraudulent"
    })
    void badCardIsDeclined(String number, String kind, String code) throws Exception {
        Reply reply = sandbox.sale("s1", 12_500, number);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("status")).isEqualTo("declined");
        JsonObject decline = reply.body().getJsonObject("decline");
        assertThat(decline.getString("kind")).isEqualTo(kind);
        assertThat(decline.getString("code")).isEqualTo(code);
        assertThat(effects()).containsExactly("none 12500");
    }

    @Test
    void cardThatExpiredIsDeclined() throws Exception {
        JsonObject card =
                Json.createObjectBuilder()
                        .add("number", RunningSandbox.VISA)
                        .add("exp_month", 1)
                        .add("exp_year", 2020)
                        .build();

        Reply reply =
                sandbox.post("/alpha/v1/payments", payment("s1", 100).add("card", card).build());

        assertThat(reply.body().getJsonObject("decline").getString("code"))
                .isEqualTo("expired_card");
    }

    @Test
    void capturesMayBePartialButNeverExceedTheAuthorization() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);

        assertThat(sandbox.later(payment, "captures", order("c1", 400)).status()).isEqualTo(200);
        assertThat(sandbox.later(payment, "captures", order("c2", 601)).code())
                .isEqualTo("amount_exceeded");
        assertThat(sandbox.later(payment, "captures", order("c3", 600)).status()).isEqualTo(200);
        assertThat(sandbox.later(payment, "captures", order("c4", 1)).code())
                .isEqualTo("amount_exceeded");
        assertThat(effects()).containsExactly("hold 1000", "debit 400", "debit 600");
    }

    @Test
    void refusedReferenceCanBeUsedAgain() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);
        sandbox.later(payment, "captures", order("c1", 1_001));

        assertThat(sandbox.later(payment, "captures", order("c1", 1_000)).status()).isEqualTo(200);
    }

    @Test
    void refundsNeverExceedTheCapture() throws Exception {
        Reply payment = sandbox.sale("s1", 1_000);

        assertThat(sandbox.later(payment, "refunds", order("r1", 999)).text("status"))
                .isEqualTo("approved");
        assertThat(sandbox.later(payment, "refunds", order("r2", 2)).status()).isEqualTo(409);
        assertThat(sandbox.later(payment, "refunds", order("r3", 1)).status()).isEqualTo(200);
        assertThat(effects()).containsExactly("debit 1000", "credit 999", "credit 1");
    }

    @Test
    void authorizationCannotBeRefunded() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);

        assertThat(sandbox.later(payment, "refunds", order("r1", 1)).code())
                .isEqualTo("amount_exceeded");
    }

    @Test
    void voidReleasesWhatIsNotCaptured() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);
        sandbox.later(payment, "captures", order("c1", 300));

        Reply voided = voidPayment(payment, "v1");

        assertThat(voided.status()).isEqualTo(200);
        assertThat(voided.text("operation")).isEqualTo("void");
        assertThat(voided.text("status")).isEqualTo("approved");
        assertThat(voided.body().getInt("amount")).isEqualTo(700);
        assertThat(sandbox.later(payment, "captures", order("c2", 1)).status()).isEqualTo(409);
        assertThat(voidPayment(payment, "v2").code()).isEqualTo("nothing_to_void");
        assertThat(sandbox.later(payment, "refunds", order("r1", 300)).status()).isEqualTo(200);
        assertThat(effects())
                .containsExactly("hold 1000", "debit 300", "release 700", "credit 300");
    }

    @Test
    void saleHasNothingToVoid() throws Exception {
        Reply payment = sandbox.sale("s1", 1_000);

        assertThat(voidPayment(payment, "v1").code()).isEqualTo("nothing_to_void");
    }

    @Test
    void adjustmentSetsTheNewTotal() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);

        Reply more = sandbox.later(payment, "adjustments", order("j1", 1_500));
        sandbox.later(payment, "captures", order("c1", 1_200));
        Reply tooLittle = sandbox.later(payment, "adjustments", order("j2", 1_199));
        Reply less = sandbox.later(payment, "adjustments", order("j3", 1_200));

        assertThat(more.body().getInt("amount")).isEqualTo(1_500);
        assertThat(tooLittle.code()).isEqualTo("amount_exceeded");
        assertThat(less.text("operation")).isEqualTo("adjust");
        assertThat(effects()).containsExactly("hold 1000", "hold 500", "debit 1200", "release 300");
    }

    @Test
    void saleCannotBeAdjusted() throws Exception {
        Reply payment = sandbox.sale("s1", 1_000);

        assertThat(sandbox.later(payment, "adjustments", order("j1", 1_500)).code())
                .isEqualTo("not_adjustable");
    }

    @Test
    void laterCallInAnotherCurrencyIsRefused() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);

        Reply reply = sandbox.later(payment, "captures", order("c1", 10).add("currency", "USD"));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.code()).isEqualTo("currency_mismatch");
    }

    @Test
    void unknownPaymentIsNotFound() throws Exception {
        Reply reply = sandbox.post("/alpha/v1/payments/b0/captures", order("c1", 10).build());

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.code()).isEqualTo("payment_not_found");
    }

    @Test
    void banksShareNoPayments() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);
        String path = "/beta/v1/payments/" + payment.text("bank_reference") + "/captures";

        assertThat(sandbox.post(path, order("c1", 10).build()).status()).isEqualTo(404);
        assertThat(sandbox.get("/beta/v1/references/a1").code()).isEqualTo("not_found");
        assertThat(sandbox.post("/beta/v1/payments", payment("a1", 100).build()).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer wrong", "Basic bank-key-of-the-tests"})
    void callerWithoutTheKeyIsRefused(String authorization) throws Exception {
        HttpResponse<String> response =
                sandbox.send(
                        sandbox.request("POST", "/alpha/v1/payments", payment("s1", 1).build() + "")
                                .header("Authorization", authorization)
                                .build());

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(sandbox.enquire("s1").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "reference, 1, 400",
        "reference, '', 422",
        "reference, a/b, 422",
        "amount, 1.0, 400",
        "amount, 1e3, 400",
        "amount, 0, 422",
        "amount, 1000000000000, 422",
        "amount, 99999999999999999999, 422",
        "amount, text, 400",
        "currency, uzs, 422",
        "capture, text, 400",
        "card, text, 400",
        "callback_url, ftp://host/, 422",
        "return_url, nothing, 422"
    })
    void badFieldIsRefusedByName(String field, String value, int status) throws Exception {
        JsonValue json =
                value.matches("[0-9.e]+")
                        ? JsonText.parse(("[" + value + "]").getBytes(StandardCharsets.UTF_8))
                                .get()
                                .asJsonArray()
                                .get(0)
                        : Json.createValue(value);

        Reply reply = sandbox.post("/alpha/v1/payments", payment("s1", 1).add(field, json).build());

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text("field")).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "amount", "currency", "capture", "card"})
    void missingFieldIsRefusedByName(String field) throws Exception {
        JsonObject body = Json.createObjectBuilder(payment("s1", 1).build()).remove(field).build();

        Reply reply = sandbox.post("/alpha/v1/payments", body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text("field")).isEqualTo(field);
    }

    @Test
    void numberWithAWrongCheckDigitIsRefused() throws Exception {
        Reply reply = sandbox.sale("s1", 100, "4242424242424241");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.text("field")).isEqualTo("card.number");
    }

    @Test
    void bodyThatIsNoJsonIsRefused() throws Exception {
        HttpResponse<String> response = sandbox.send("POST", "/alpha/v1/payments", "{\"a\":");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(RunningSandbox.json(response).code()).isEqualTo("invalid_json");
    }

    @Test
    void bodyThatIsTooLargeIsRefused() throws Exception {
        String large = "x".repeat(Sandbox.MAX_BODY_BYTES + 1);

        assertThat(sandbox.send("POST", "/alpha/v1/payments", large).statusCode()).isEqualTo(413);
    }

    @Test
    void unknownPathAndBankAreNotFound() throws Exception {
        assertThat(sandbox.get("/alpha/v1/nothing").code()).isEqualTo("no_such_path");
        assertThat(sandbox.get("/gamma/v1/capabilities").code()).isEqualTo("no_such_path");
    }

    @Test
    void aTokenPaysAsItsCardAndIsKeptNowhere() throws Exception {
        JsonObject card =
                Json.createObjectBuilder()
                        .add("number", "4242424242424242")
                        .add("exp_month", 12)
                        .add("exp_year", 2030)
                        .build();
        String token =
                sandbox.post(
                                "/alpha/v1/tokens",
                                Json.createObjectBuilder().add("card", card).build())
                        .text("token");

        Reply reply =
                sandbox.post(
                        "/alpha/v1/payments",
                        order("t1", 12_500).add("capture", true).add("token", token).build());

        assertThat(reply.text("status")).isEqualTo("approved");
        assertThat(effects()).containsExactly("debit 12500");
        assertThat(sandbox.journal("").toString()).doesNotContain("4242424242424242");
    }

    @Test
    void whatIsNoTokenOfTheBankIsRefusedByItsField() throws Exception {
        Reply reply =
                sandbox.post(
                        "/alpha/v1/payments",
                        order("t1", 12_500).add("capture", true).add("token", "bt_1").build());

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.code()).isEqualTo("invalid_value");
    }

    @Test
    void aRiskCheckNeedNotKnowTheCard() throws Exception {
        JsonObject body = order("k1", 10_059).build();

        assertThat(sandbox.post("/alpha/v1/risk-checks", body).text("decision")).isEqualTo("allow");
    }

    @Test
    void capabilitiesAreTold() throws Exception {
        Reply reply = sandbox.get("/alpha/v1/capabilities");

        assertThat(reply.body().getBoolean("sale")).isTrue();
        assertThat(reply.body().getBoolean("void_by_reference")).isTrue();
        assertThat(reply.body().getInt("longest_delay_ms")).isEqualTo(60_000);
    }

    @Test
    void riskCheckAllows() throws Exception {
        JsonObject body = order("k1", 10_059).add("card_first6", "410000").build();

        assertThat(sandbox.post("/alpha/v1/risk-checks", body).text("decision")).isEqualTo("allow");
        assertThat(sandbox.journal("")).isEmpty();
    }

    @Test
    void healthIsTold() throws Exception {
        assertThat(sandbox.get("/health").text("status")).isEqualTo("ok");
        sandbox.untilRequests(0);
    }

    private Reply voidPayment(Reply payment, String reference) throws Exception {
        return sandbox.later(
                payment, "voids", Json.createObjectBuilder().add("reference", reference));
    }

    private List<String> effects() throws Exception {
        return sandbox.journal("").stream()
                .map(row -> row.getString("effect") + " " + row.getInt("amount"))
                .toList();
    }

    /** The number with its last digit made right. */
    private static String luhn(String number) {
        String start = number.substring(0, number.length() - 1);
        for (int digit = 0; digit < 10; digit++) {
            if (Card.isNumber(start + digit)) {
                return start + digit;
            }
        }
        throw new IllegalArgumentException(number);
    }
}
