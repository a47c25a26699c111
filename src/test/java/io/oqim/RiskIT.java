package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bank's risk check, when it refuses, when it is slow and when it is down. */
class RiskIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start(Map.of("risk.deadline", "200ms", "redis.timeout", "50ms"));
    }

    @AfterEach
    void calm() {
        rig.bank().post("/control/reset");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void aCheckThatRefusesDeclinesThePaymentAndNoMoneyIsAskedFor() {
        rig.bank().put("/control/risk", "{\"decision\":\"refuse\",\"code\":\"blocked\"}");
        long before = rig.bank().journal().size();

        Api.Answer declined = rig.api().pay(1_000);

        assertThat(declined.status()).isEqualTo(201);
        JsonObject decline = declined.json().getJsonObject("decline");
        assertThat(decline.getString("kind")).isEqualTo("risk");
        assertThat(decline.getString("code")).isEqualTo("blocked");
        assertThat(rig.bank().journal()).hasSize((int) before);
        assertThat(leg(declined)).isEqualTo("refused");
    }

    @Test
    void aSlowCheckIsNotWaitedForBeyondItsDeadlineAndThePaymentGoesOn() {
        rig.bank()
                .put(
                        "/control/latency",
                        "{\"operation\":\"risk\",\"distribution\":\"constant\",\"median_ms\":5000}");

        Api.Answer paid = rig.api().pay(1_000);

        assertThat(paid.text("status")).isEqualTo("captured");
        assertThat(leg(paid)).startsWith("no answer (").endsWith("): allow");
    }

    @Test
    void aCheckThatIsDownRefusesWhenTheConfigurationSaysSo() {
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"risk\",\"probability\":1,\"action\":\"drop_before\"}]");
        try (Rig.Neighbour strict =
                rig.neighbour(Role.GATEWAY, Map.of("risk.on-failure", "refuse"))) {
            Api.Answer declined = strict.api().pay(1_000);

            assertThat(declined.text("status")).isEqualTo("declined");
            assertThat(declined.json().getJsonObject("decline").getString("code"))
                    .isEqualTo("risk_check_unavailable");
            assertThat(rig.api().pay(1_000).text("status")).isEqualTo("captured");
        }
    }

    @Test
    void aCheckThatStaysDownIsLeftOutAndAskedAgainLater() {
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"risk\",\"probability\":1,\"action\":\"drop_before\"}]");
        try (Rig.Neighbour quick =
                rig.neighbour(
                        Role.GATEWAY,
                        Map.of("banks.breaker-volume", "5", "banks.breaker-delay", "300ms"))) {
            Until.is(
                    () -> leg(quick.api().pay(1_000)),
                    note -> note.contains("the circuit breaker is open"));
            assertThat(quick.api().pay(1_000).text("status")).isEqualTo("captured");

            rig.bank().post("/control/reset");

            Until.is(() -> leg(quick.api().pay(1_000)), note -> note.equals("allowed"));
        }
    }

    @Test
    void replaysThatNeedNoCheckAreNoFailuresOfIt() {
        try (Rig.Neighbour quick =
                rig.neighbour(
                        Role.GATEWAY,
                        Map.of(
                                "banks.breaker-volume", "5",
                                "banks.breaker-delay", "1m",
                                "risk.deadline", "5s",
                                "banks.send-window", "6s"))) {
            assertThat(quick.api().pay("asked-again", Api.payment(1_000)).status()).isEqualTo(201);
            rig.bank()
                    .put(
                            "/control/latency",
                            "{\"operation\":\"risk\",\"distribution\":\"constant\",\"median_ms\":300}");

            for (int i = 0; i < 20; i++) {
                Api.Answer replay = quick.api().pay("asked-again", Api.payment(1_000));
                assertThat(replay.header("Idempotent-Replayed")).hasValue("true");
            }

            assertThat(leg(quick.api().pay(1_000))).isEqualTo("allowed");
        }
    }

    private static String leg(Api.Answer payment) {
        return rig
                .api()
                .get("/v1/payments/" + payment.text("id") + "/trace")
                .json()
                .getJsonArray("operations")
                .getJsonObject(0)
                .getJsonArray("legs")
                .stream()
                .map(leg -> leg.asJsonObject())
                .filter(leg -> leg.getString("name").equals("bank_risk_check"))
                .map(leg -> leg.getString("note"))
                .findFirst()
                .orElseThrow();
    }
}
