package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cards that are kept, and payments with them. */
class TokensIT {
    private static final String DECLINED = "4000000000000002";

    private static Rig rig;
    private static Api api;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        api = rig.api();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest
    @CsvSource({"'',", "',\"cvc\":\"987\"'"})
    void aCardThatIsKeptPaysWithACvcAndWithout(String cvc) {
        String token = keep(Api.CARD, "").text("id");

        Api.Answer paid = pay(5_000, token, cvc == null ? "" : cvc);

        assertThat(paid.status()).as(paid.body()).isEqualTo(201);
        assertThat(paid.text("status")).isEqualTo("captured");
        JsonObject method = paid.json().getJsonObject("payment_method");
        assertThat(method.getString("token")).isEqualTo(token);
        assertThat(method.getJsonObject("card").getString("last4")).isEqualTo("4242");
        assertThat(paid.body()).doesNotContain(Api.CARD);
        assertThat(api.get("/v1/payments/" + paid.text("id")).body()).isEqualTo(paid.body());
    }

    @Test
    void aTokenShowsWhatIsKnownOfItsCardAndNotTheNumber() {
        Api.Answer made = keep("5555555555554444", ",\"customer\":\"c-1\"");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Location")).contains("/v1/tokens/" + made.text("id"));
        assertThat(made.text("status")).isEqualTo("active");
        assertThat(made.text("customer")).isEqualTo("c-1");
        assertThat(made.json().getJsonObject("card").getString("brand")).isEqualTo("mastercard");
        assertThat(made.body()).doesNotContain("5555555555554444");
        assertThat(api.get("/v1/tokens/" + made.text("id")).body()).isEqualTo(made.body());
    }

    @Test
    void aCardIsSavedWithAPaymentThatIsApproved() {
        Api.Answer paid =
                api.pay(
                        UUID.randomUUID().toString(),
                        saving(6_000, Api.CARD, ",\"customer\":{\"id\":\"c-2\"}"));

        String token = paid.json().getJsonObject("payment_method").getString("token");
        JsonObject saved = api.get("/v1/tokens/" + token).json();
        assertThat(saved.getString("status")).isEqualTo("active");
        assertThat(saved.getString("customer")).isEqualTo("c-2");
        assertThat(saved.getString("payment")).isEqualTo(paid.text("id"));
        assertThat(pay(7_000, token, "").text("status")).isEqualTo("captured");
    }

    @Test
    void aCardThatIsDeclinedIsNotSaved() {
        long before = tokens();

        Api.Answer paid = api.pay(UUID.randomUUID().toString(), saving(6_000, DECLINED, ""));

        assertThat(paid.text("status")).isEqualTo("declined");
        assertThat(paid.json().getJsonObject("payment_method").isNull("token")).isTrue();
        assertThat(tokens()).isEqualTo(before);
    }

    @Test
    void aCardIsSavedOnceADoubtIsSettled() {
        // The bank takes the money, and its answer is lost.
        Api.Answer doubtful =
                api.pay(UUID.randomUUID().toString(), saving(1_000_068, Api.CARD, ""));
        assertThat(doubtful.status()).isEqualTo(202);
        assertThat(doubtful.json().getJsonObject("payment_method").isNull("token")).isTrue();

        JsonObject settled =
                Until.is(
                                () -> api.get("/v1/payments/" + doubtful.text("id")),
                                answer -> answer.text("status").equals("captured"))
                        .json();

        String token = settled.getJsonObject("payment_method").getString("token");
        assertThat(pay(7_000, token, "").text("status")).isEqualTo("captured");
    }

    @Test
    void aCardIsNobodysBeforeItsPaymentIsApproved() {
        rig.bank().moneyTakes(1_800);
        String token;
        try {
            Api.Answer open =
                    api.post(
                            "/v1/payments",
                            saving(8_000, Api.CARD, ""),
                            Map.of(
                                    "Idempotency-Key",
                                    UUID.randomUUID().toString(),
                                    "Payment-Deadline",
                                    "1"));
            assertThat(open.status()).as(open.body()).isEqualTo(202);
            token = tokenOf(open.text("id"));
            assertThat(api.get("/v1/tokens/" + token).text("status")).isEqualTo("pending");
            Api.Answer deleted = api.delete("/v1/tokens/" + token);
            assertThat(deleted.status()).isEqualTo(409);
            assertThat(deleted.code()).isEqualTo("token_pending");
        } finally {
            rig.bank().moneyTakes(40);
        }
        Until.is(() -> api.get("/v1/tokens/" + token).text("status"), "active"::equals);
    }

    @Test
    void aTokenIsGoodInItsTenantOnly() {
        String token = keep(Api.CARD, "").text("id");
        Api other = rig.otherMerchant().api();

        assertThat(other.get("/v1/tokens/" + token).status()).isEqualTo(404);
        assertThat(other.delete("/v1/tokens/" + token).status()).isEqualTo(404);
        Api.Answer paid = other.pay(UUID.randomUUID().toString(), paying(5_000, token, ""));
        assertThat(paid.status()).isEqualTo(422);
        assertThat(paid.code()).isEqualTo("unknown_token");
        assertThat(paid.text("param")).isEqualTo("payment_method.token");
    }

    @Test
    void aCardThatIsForgottenPaysNoMoreAndItsPaymentsAnswerAsBefore() {
        String token = keep(Api.CARD, "").text("id");
        String key = UUID.randomUUID().toString();
        Api.Answer paid = api.pay(key, paying(5_000, token, ",\"cvc\":\"123\""));

        assertThat(api.delete("/v1/tokens/" + token).status()).isEqualTo(204);

        assertThat(api.delete("/v1/tokens/" + token).status()).isEqualTo(404);
        assertThat(api.get("/v1/tokens/" + token).status()).isEqualTo(404);
        assertThat(pay(5_000, token, "").code()).isEqualTo("unknown_token");
        // A retry need not repeat the CVC.
        assertThat(api.pay(key, paying(5_000, token, "")).body()).isEqualTo(paid.body());
        Api.Answer refunded =
                api.post(
                        "/v1/payments/" + paid.text("id") + "/refunds",
                        "{}",
                        Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        assertThat(refunded.status()).as(refunded.body()).isEqualTo(201);
        try (Database database = rig.database()) {
            assertThat(
                            database.query(
                                    "SELECT 1 FROM token WHERE token = ?",
                                    row -> row.getInt(1),
                                    TypeId.parse("tok", token).orElseThrow()))
                    .isEmpty();
        }
    }

    @Test
    void aCustomersTokensAreListedPageByPage() {
        String customer = "c-" + UUID.randomUUID();
        List<String> made =
                List.of(
                        keep(Api.CARD, ",\"customer\":\"" + customer + "\"").text("id"),
                        keep(DECLINED, ",\"customer\":\"" + customer + "\"").text("id"),
                        keep(Api.CARD, ",\"customer\":\"" + customer + "\"").text("id"));

        JsonObject first = api.get("/v1/tokens?customer=" + customer + "&limit=2").json();
        JsonObject second =
                api.get(
                                "/v1/tokens?customer="
                                        + customer
                                        + "&limit=2&after="
                                        + first.getString("next_after"))
                        .json();

        assertThat(first.getJsonArray("data"))
                .extracting(token -> token.asJsonObject().getString("id"))
                .containsExactlyElementsOf(made.subList(0, 2));
        assertThat(second.getJsonArray("data"))
                .extracting(token -> token.asJsonObject().getString("id"))
                .containsExactly(made.getLast());
        assertThat(second.getBoolean("has_more")).isFalse();
        assertThat(api.get("/v1/tokens").text("param")).isEqualTo("customer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "number":"4242424242424242","exp_month":12,"exp_year":2030,"cvc":"123" | 422 | cvc_not_kept   | card.cvc
                    "number":"4242424242424241","exp_month":12,"exp_year":2030             | 422 | invalid_number | card.number
                    "number":"4242424242424242","exp_month":13,"exp_year":2030             | 422 | invalid_expiry | card.exp_month
                    "number":"4242424242424242","exp_month":12,"exp_year":2020             | 422 | card_expired   | card.exp_year
                    "number":"4242424242424242","exp_month":12,"exp_year":2030,"pin":"1"   | 400 | unknown_field  | card.pin
                    "exp_month":12,"exp_year":2030                                         | 400 | missing_field  | card.number
                    """)
    void whatIsNoCardIsRefusedByItsField(String card, int status, String code, String param) {
        Api.Answer answer = api.post("/v1/tokens", "{\"card\":{" + card + "}}", Map.of());

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.text("param")).isEqualTo(param);
        assertThat(answer.body()).doesNotContain("4242424242424");
    }

    @Test
    void withoutAVaultNoCardIsTakenOrKept() {
        String token = keep(Api.CARD, "").text("id");
        try (Rig.Neighbour without =
                rig.neighbour(Role.GATEWAY, Map.of("vault.enabled", "false"))) {
            for (String body : List.of(Api.payment(5_000), paying(5_000, token, ""))) {
                Api.Answer paid = without.api().pay(UUID.randomUUID().toString(), body);
                assertThat(paid.status()).isEqualTo(422);
                assertThat(paid.code()).isEqualTo("cards_not_accepted");
            }
            assertThat(without.api().get("/v1/tokens/" + token).status()).isEqualTo(404);
        }
    }

    @Test
    void withoutAVaultATokenOfABankPaysAtThatBank() {
        String token =
                rig.bank()
                        .call(
                                "/alpha/v1/tokens",
                                "{\"card\":{\"number\":\"4242424242424242\",\"exp_month\":12,\"exp_year\":2030}}")
                        .getString("token");
        try (Rig.Neighbour without =
                rig.neighbour(Role.GATEWAY, Map.of("vault.enabled", "false"))) {
            Api api = without.api();

            Api.Answer paid =
                    api.pay(UUID.randomUUID().toString(), Api.byBankToken(5_000, "alpha", token));

            assertThat(paid.status()).as(paid.body()).isEqualTo(201);
            assertThat(paid.text("status")).isEqualTo("captured");
            assertThat(paid.text("bank")).isEqualTo("alpha");
            assertThat(paid.json().getJsonObject("payment_method").getString("type"))
                    .isEqualTo("bank_token");
            assertThat(paid.body()).doesNotContain(token);
            assertThat(api.get("/v1/payments/" + paid.text("id")).body()).isEqualTo(paid.body());
            Api.Answer refund =
                    api.post(
                            "/v1/payments/" + paid.text("id") + "/refunds",
                            "{\"amount\":2000}",
                            Map.of("Idempotency-Key", UUID.randomUUID().toString()));
            assertThat(refund.status()).as(refund.body()).isEqualTo(201);
        }
    }

    @Test
    void aTokenIsDecidedAsItsCardIsAndWhatIsNoneOfTheBanksFailsWithoutMoney() {
        Api.Answer declined =
                api.pay(
                        UUID.randomUUID().toString(),
                        Api.byBankToken(
                                5_000, "alpha", "bt_400000_9995_203012_insufficient_funds"));
        Api.Answer unknown =
                api.pay(UUID.randomUUID().toString(), Api.byBankToken(5_000, "alpha", "nobody's"));

        assertThat(declined.text("status")).isEqualTo("declined");
        assertThat(declined.json().getJsonObject("decline").getString("code"))
                .isEqualTo("insufficient_funds");
        assertThat(unknown.text("status")).as(unknown.body()).isEqualTo("failed");
        assertThat(rig.bank().effects(api, unknown.text("id"))).isEmpty();
    }

    @Test
    void aTokenOfABankThatIsNotThereIsRefusedByItsField() {
        Api.Answer paid =
                api.pay(UUID.randomUUID().toString(), Api.byBankToken(5_000, "gamma", "bt_1"));

        assertThat(paid.status()).isEqualTo(422);
        assertThat(paid.code()).isEqualTo("unknown_bank");
        assertThat(paid.text("param")).isEqualTo("payment_method.bank");
        try (Rig.Neighbour without =
                rig.neighbour(Role.GATEWAY, Map.of("banks.alpha.tokens", "false"))) {
            assertThat(
                            without.api()
                                    .pay(
                                            UUID.randomUUID().toString(),
                                            Api.byBankToken(5_000, "alpha", "bt_1"))
                                    .code())
                    .isEqualTo("unknown_bank");
        }
    }

    @Test
    void paymentsByOneTokenOfABankAreCountedAsThoseOfOneCard() {
        Api limited = rig.otherMerchant(OptionalInt.of(2)).api();
        for (int i = 0; i < 2; i++) {
            assertThat(
                            limited.pay(
                                            UUID.randomUUID().toString(),
                                            Api.byBankToken(
                                                    5_000,
                                                    "alpha",
                                                    "bt_424242_4242_203012_approved"))
                                    .text("status"))
                    .isEqualTo("captured");
        }

        Api.Answer third =
                limited.pay(
                        UUID.randomUUID().toString(),
                        Api.byBankToken(5_000, "alpha", "bt_424242_4242_203012_approved"));

        assertThat(third.json().getJsonObject("decline").getString("code"))
                .isEqualTo("card_velocity_exceeded");
    }

    @ParameterizedTest
    @CsvSource({
        "another:b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=",
        "local:b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w="
    })
    void aProcessThatCannotReadWhatIsKeptDoesNotStart(String keys) {
        assertThat(keep(Api.CARD, "").status()).isEqualTo(201);

        assertThatThrownBy(() -> rig.neighbour(Role.GATEWAY, Map.of("vault.keys", keys)))
                .hasMessageContaining("vault.keys")
                .hasMessageContaining("'local'");
    }

    private static Api.Answer keep(String number, String more) {
        return api.post(
                "/v1/tokens",
                "{\"card\":{\"number\":\"%s\",\"exp_month\":12,\"exp_year\":2030}%s}"
                        .formatted(number, more),
                Map.of());
    }

    private static Api.Answer pay(long amount, String token, String cvc) {
        return api.pay(UUID.randomUUID().toString(), paying(amount, token, cvc));
    }

    private static String paying(long amount, String token, String cvc) {
        return "{\"amount\":%d,\"currency\":\"UZS\",\"payment_method\":{\"type\":\"token\",\"token\":\"%s\"%s}}"
                .formatted(amount, token, cvc);
    }

    private static String saving(long amount, String number, String more) {
        return Api.payment(amount, number, more)
                .replace("\"cvc\":\"123\"}", "\"cvc\":\"123\"},\"save\":true");
    }

    private static long tokens() {
        try (Database database = rig.database()) {
            return database.first("SELECT count(*) FROM token", row -> row.getLong(1)).orElse(0L);
        }
    }

    private static String tokenOf(String payment) {
        try (Database database = rig.database()) {
            return database.first(
                            "SELECT token FROM payment WHERE payment = ?",
                            row -> TypeId.text("tok", row.getObject(1, UUID.class)),
                            TypeId.parse("pay", payment).orElseThrow())
                    .orElseThrow();
        }
    }
}
