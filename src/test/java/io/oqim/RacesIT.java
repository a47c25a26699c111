package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two who hold different truths about one payment: what is answered, booked and kept by the bank
 * must agree.
 */
class RacesIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "banks.send-window",
                                "800ms",
                                "banks.deadline",
                                "2s",
                                "journal.commit-wait",
                                "700ms"));
        rig.bank()
                .put(
                        "/control/suffix-times",
                        "{\"pending_ms\":300,\"late_reply_ms\":4000,\"enquiry_lag_ms\":20000}");
    }

    @AfterEach
    void calm() {
        rig.bank().put("/control/faults", "[]");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void anApprovalWhoseCommitIsDelayedIsNeverUndoneAndAnsweredAsCapturedAtOnce() throws Exception {
        // The reply comes, the enquiry does not know it yet, and the second commit waits behind a
        // lock.
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"sale\",\"probability\":1,\"action\":\"delay_ms:300\"}]");
        Rig.Other merchant = rig.otherMerchant();
        Api.Answer answer;
        try (var database = rig.database();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            long tenant = merchant.tenant(database);
            Future<Api.Answer> paying =
                    callers.submit(
                            () ->
                                    merchant.api()
                                            .pay(
                                                    UUID.randomUUID().toString(),
                                                    Api.payment(1_230_078)));
            Until.is(
                    () -> count(database, "SELECT count(*) FROM payment WHERE tenant = " + tenant),
                    count -> count == 1);
            database.inTransaction(
                    connection -> {
                        try (var statement = connection.createStatement()) {
                            statement.execute("SET idle_in_transaction_session_timeout = 0");
                            statement.execute(
                                    "SELECT 1 FROM tenant_head WHERE tenant = "
                                            + tenant
                                            + " FOR UPDATE");
                            // Longer than window, deadline and margin: the resolver takes the
                            // attempt for abandoned.
                            statement.execute("SELECT pg_sleep(4.5)");
                        }
                        return null;
                    });
            answer = paying.get();
        }

        String id = answer.text("id");
        JsonObject settled =
                Until.is(
                        () -> merchant.api().get("/v1/payments/" + id).json(),
                        payment ->
                                !List.of("processing", "in_doubt")
                                        .contains(payment.getString("status")));
        List<String> effects = effects(merchant.api(), id);
        if (settled.getString("status").equals("captured")) {
            assertThat(effects).containsExactly("debit");
        } else {
            assertThat(settled.getString("status")).isEqualTo("canceled");
            assertThat(effects).containsExactly("debit", "credit");
            assertThat(answer.text("status")).isNotEqualTo("captured");
        }
    }

    @Test
    void aKeyThatHasItsAnswerGetsItAlsoWhenNewPaymentsAreRefused() throws Exception {
        String key = UUID.randomUUID().toString();
        Api.Answer paid = rig.api().pay(key, Api.payment(2_000_000));
        assertThat(paid.status()).isEqualTo(201);

        rig.stopSandbox();
        try {
            // Failures until the breaker is open.
            Until.is(
                    () -> rig.api().pay(2_000_000),
                    answer ->
                            answer.status() == 503
                                    && answer.text("detail").contains("nothing was stored"));

            Api.Answer again = rig.api().pay(key, Api.payment(2_000_000));

            assertThat(again.status()).isEqualTo(201);
            assertThat(again.body()).isEqualTo(paid.body());
            assertThat(rig.api().pay(key, Api.payment(3_000_000)).code())
                    .isEqualTo("idempotency_key_reused");
        } finally {
            rig.restartSandbox();
        }
        Until.is(() -> rig.api().pay(2_000_000).status(), status -> status == 201);
    }

    @Test
    void whoLeavesEarlyGetsThePaymentAsItStandsAndTheKeyKeepsThatAnswer() {
        rig.bank()
                .put(
                        "/control/latency",
                        "{\"operation\":\"money\",\"distribution\":\"constant\",\"median_ms\":1400}");
        try {
            String key = UUID.randomUUID().toString();
            Api slow = rig.api();

            Api.Answer early =
                    slow.post(
                            "/v1/payments",
                            Api.payment(3_000_000),
                            Map.of("Idempotency-Key", key, "Payment-Deadline", "1"));

            assertThat(early.status()).as(early.body()).isEqualTo(202);
            assertThat(early.header("Retry-After")).isPresent();
            Until.is(
                    Duration.ofSeconds(20),
                    () -> rig.api().get("/v1/payments/" + early.text("id")).json(),
                    payment -> payment.getString("status").equals("captured"));
            Api.Answer again = rig.api().pay(key, Api.payment(3_000_000));
            assertThat(again.status()).isEqualTo(202);
            assertThat(again.body()).isEqualTo(early.body());
        } finally {
            rig.bank()
                    .put(
                            "/control/latency",
                            "{\"operation\":\"money\",\"distribution\":\"constant\",\"median_ms\":5}");
        }
    }

    private static long count(io.oqim.store.Database database, String sql) {
        return database.first(sql, row -> row.getLong(1)).orElseThrow();
    }

    private static List<String> effects(Api api, String payment) {
        JsonObject operation =
                api.get("/v1/payments/" + payment + "/operations")
                        .json()
                        .getJsonArray("data")
                        .getJsonObject(0);
        String reference =
                operation.getJsonArray("attempts").getJsonObject(0).getString("reference");
        return rig.bank().journal().stream()
                .filter(row -> row.getString("reference").startsWith(reference))
                .map(row -> row.getString("effect"))
                .filter(effect -> !effect.equals("none"))
                .toList();
    }
}
