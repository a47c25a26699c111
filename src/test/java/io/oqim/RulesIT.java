package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of a merchant: what they do with payments, their versions, and their dry run. */
class RulesIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "risk.lists-trust",
                                "20ms",
                                "risk.dry-run-page",
                                "3",
                                "risk.dry-run-payments",
                                "7"));
    }

    @AfterEach
    void theBankIsWellAgain() {
        rig.bank().post("/control/reset");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void aRuleBlocksAndTheTraceSaysWhichOneAndWhy() {
        Api api = rig.otherMerchant().api();
        put(
                api,
                "{\"name\":\"abroad\",\"when\":{\"country\":{\"not_in\":[\"UZ\"]}},\"then\":\"block\"}",
                "");
        Api.Answer declined =
                Until.is(() -> pay(api, "KZ"), paid -> paid.text("status").equals("declined"));
        long before = rig.bank().debits();

        assertThat(pay(api, "KZ").text("status")).isEqualTo("declined");

        JsonObject decline = declined.json().getJsonObject("decline");
        assertThat(decline.getString("kind")).isEqualTo("risk");
        assertThat(decline.getString("code")).isEqualTo("blocked_by_rule");
        assertThat(note(api, declined)).isEqualTo("version 1, score 0: block because of abroad");
        assertThat(rig.bank().debits()).isEqualTo(before);
        Api.Answer passed = pay(api, "UZ");
        assertThat(passed.text("status")).isEqualTo("captured");
        assertThat(note(api, passed)).isEqualTo("version 1, score 0: pass");
    }

    @Test
    void scoresAddUpToWhatIsDoneAndCountsAreCountedWithoutALimit() {
        Api api = rig.otherMerchant().api();
        put(
                api,
                "{\"name\":\"often\",\"when\":{\"customer_count\":{\"gt\":2}},\"score\":30},"
                        + "{\"name\":\"home\",\"when\":{\"country\":{\"in\":[\"UZ\"]}},\"score\":25}",
                ",\"block_at\":55");
        Api.Answer declined =
                Until.is(() -> pay(api, "UZ"), paid -> paid.text("status").equals("declined"));

        assertThat(note(api, declined))
                .isEqualTo("version 1, score 55: block because of often, home");
        assertThat(pay(api, "KZ").text("status")).isEqualTo("captured");
    }

    @Test
    void aChallengeMakesTheCustomerProveWhoTheyAre() {
        Api api = rig.otherMerchant().api();
        put(api, "{\"name\":\"all\",\"then\":\"challenge\"}", "");

        Api.Answer challenged =
                Until.is(
                        () -> pay(api, "UZ"),
                        paid -> paid.text("status").equals("requires_action"));

        assertThat(challenged.status()).isEqualTo(201);
        assertThat(challenged.json().getJsonObject("next_action").getString("url")).isNotEmpty();
        approve(challenged);
        String ignored =
                Until.is(
                        () -> api.get("/v1/payments/" + challenged.text("id")).text("status"),
                        "captured"::equals);
    }

    @Test
    void aPaymentMayBeChallengedAndThenBeInReview() {
        Api api = rig.otherMerchant().api();
        put(
                api,
                "{\"name\":\"all\",\"then\":\"challenge\"},{\"name\":\"too\",\"then\":\"review\"}",
                "");

        Api.Answer challenged =
                Until.is(
                        () -> pay(api, "UZ"),
                        paid -> paid.text("status").equals("requires_action"));

        assertThat(note(api, challenged))
                .isEqualTo("version 1, score 0: review and challenge because of all, too");
        approve(challenged);
        JsonObject authorized =
                Until.is(
                        () -> api.get("/v1/payments/" + challenged.text("id")).json(),
                        now -> now.getString("status").equals("authorized"));
        assertThat(authorized.getString("review")).isEqualTo("pending");
    }

    @Test
    void whereTheBankCannotChallengeThePaymentIsDeclined() {
        try (Rig.Neighbour without =
                rig.neighbour(Role.GATEWAY, Map.of("banks.alpha.challenges", "false"))) {
            Rig.Other other = rig.otherMerchant();
            put(other.api(), "{\"name\":\"all\",\"then\":\"challenge\"}", "");
            Api api = without.api(other.api().key());

            Api.Answer declined =
                    Until.is(() -> pay(api, "UZ"), paid -> paid.text("status").equals("declined"));

            assertThat(declined.json().getJsonObject("decline").getString("code"))
                    .isEqualTo("challenge_unavailable");
        }
    }

    @Test
    void rulesDoNotHoldForWhoIsOnTheAllowList() {
        Api api = rig.otherMerchant().api();
        assertThat(
                        api.post(
                                        "/v1/allowlist",
                                        "{\"kind\":\"country\",\"value\":\"UZ\"}",
                                        Map.of())
                                .status())
                .isEqualTo(201);
        put(api, "{\"name\":\"all\",\"then\":\"block\"}", "");

        var ignored =
                Until.is(() -> pay(api, "KZ"), paid -> paid.text("status").equals("declined"));

        assertThat(pay(api, "UZ").text("status")).isEqualTo("captured");
    }

    @Test
    void eachChangeIsAVersionAndEarlierOnesCanBeRead() {
        Api api = rig.otherMerchant().api();
        assertThat(api.get("/v1/risk/rules").status()).isEqualTo(404);
        Api.Answer first = put(api, "{\"name\":\"a\",\"then\":\"block\"}", "");
        Api.Answer second = put(api, "", ",\"review_at\":10");

        assertThat(first.json().getInt("version")).isEqualTo(1);
        assertThat(second.json().getInt("version")).isEqualTo(2);
        assertThat(put(api, "", ",\"review_at\":10").body())
                .as("the same")
                .isEqualTo(second.body());
        assertThat(api.get("/v1/risk/rules").body()).isEqualTo(second.body());
        assertThat(api.get("/v1/risk/rules/1").body()).isEqualTo(first.body());
        assertThat(api.get("/v1/risk/rules/3").status()).isEqualTo(404);
        assertThat(api.get("/v1/risk/rules/0").status()).isEqualTo(404);
        assertThat(rig.otherMerchant().api().get("/v1/risk/rules/1").status()).isEqualTo(404);
    }

    @Test
    void rulesThatMakeNoSenseAreRefusedAndTheOldOnesStay() {
        Api api = rig.otherMerchant().api();
        Api.Answer old = put(api, "{\"name\":\"a\",\"then\":\"block\"}", "");

        Api.Answer refused =
                api.put(
                        "/v1/risk/rules",
                        "{\"rules\":[{\"name\":\"a\",\"when\":{\"shoe\":{\"gt\":1}},\"then\":\"block\"}]}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("param")).isEqualTo("rules.0.when.shoe");
        assertThat(api.get("/v1/risk/rules").body()).isEqualTo(old.body());
    }

    @Test
    void aDryRunTellsWhatRulesWouldHaveDoneAndGoesOnWhereItEnded() {
        Api api = rig.otherMerchant().api();
        for (int i = 0; i < 10; i++) {
            assertThat(pay(api, i % 2 == 0 ? "UZ" : "KZ").text("status")).isEqualTo("captured");
        }
        String rules =
                "\"rules\":[{\"name\":\"abroad\",\"when\":{\"country\":{\"not_in\":[\"UZ\"]}},\"then\":\"review\"},"
                        + "{\"name\":\"often\",\"when\":{\"card_count\":{\"gt\":5}},\"then\":\"block\"}]";

        JsonObject first = dryRun(api, "{" + rules + "}");

        assertThat(first.getInt("looked")).as("as many as it may").isEqualTo(7);
        assertThat(first.getBoolean("has_more")).isTrue();
        assertThat(first.getJsonObject("hits").getInt("abroad")).isEqualTo(3);
        assertThat(first.getJsonObject("hits").getInt("often")).isEqualTo(2);
        assertThat(outcome(first, "block").getInt("captured")).isEqualTo(2);
        assertThat(outcome(first, "review").getInt("payments")).isEqualTo(2);
        assertThat(outcome(first, "pass").getJsonArray("examples")).hasSize(3);

        JsonObject rest =
                dryRun(api, "{" + rules + ",\"after\":\"" + first.getString("through") + "\"}");

        assertThat(rest.getInt("looked")).isEqualTo(3);
        assertThat(rest.getBoolean("has_more")).isFalse();
        assertThat(pay(api, "KZ").text("status")).as("nothing has changed").isEqualTo("captured");
        assertThat(dryRun(rig.otherMerchant().api(), "{}").getInt("looked")).isZero();
        assertThat(
                        api.post(
                                        "/v1/risk/rules/dry_run",
                                        "{\"created_gte\":\"+1000000000-01-01T00:00:00Z\"}",
                                        Map.of())
                                .text("param"))
                .isEqualTo("created_gte");
        assertThat(
                        dryRun(api, "{" + rules + ",\"created_gte\":\"2999-01-01T00:00:00Z\"}")
                                .getInt("looked"))
                .isZero();
    }

    private static void approve(Api.Answer challenged) {
        String url = challenged.json().getJsonObject("next_action").getString("url");
        Api.Answer ignored =
                new Api(url, "")
                        .post(
                                "",
                                "result=approve",
                                Map.of("Content-Type", "application/x-www-form-urlencoded"));
    }

    private static JsonObject dryRun(Api api, String body) {
        Api.Answer answer = api.post("/v1/risk/rules/dry_run", body, Map.of());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static JsonObject outcome(JsonObject report, String action) {
        return report.getJsonObject("outcomes").getJsonObject(action);
    }

    private static Api.Answer put(Api api, String rules, String more) {
        Api.Answer put = api.put("/v1/risk/rules", "{\"rules\":[" + rules + "]" + more + "}");
        assertThat(put.status()).as(put.body()).isEqualTo(200);
        return put;
    }

    private static Api.Answer pay(Api api, String country) {
        return api.pay(
                UUID.randomUUID().toString(),
                Api.payment(
                        1_000,
                        Api.CARD,
                        ",\"customer\":{\"id\":\"c-"
                                + country
                                + "\",\"country\":\""
                                + country
                                + "\"}"));
    }

    private static String note(Api api, Api.Answer payment) {
        List<JsonObject> legs =
                api
                        .get("/v1/payments/" + payment.text("id") + "/trace")
                        .json()
                        .getJsonArray("operations")
                        .getJsonObject(0)
                        .getJsonArray("legs")
                        .stream()
                        .map(leg -> leg.asJsonObject())
                        .filter(leg -> leg.getString("name").equals("rules"))
                        .toList();
        assertThat(legs).hasSize(1);
        return legs.getFirst().getString("note");
    }
}
