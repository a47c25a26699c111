package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every magic card leads to a documented status (docs/states.md); {@link EverySuffixIT} has the
 * amounts.
 */
class OutcomesIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        // So many failures in a row would open the breaker, which has a test of its own.
        rig = Rig.start(java.util.Map.of("banks.breaker-volume", "1000"));
        rig.bank()
                .put(
                        "/control/suffix-times",
                        "{\"pending_ms\":300,\"late_reply_ms\":4000,\"enquiry_lag_ms\":1500}");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest(name = "card {0} is {1} {2} {3}")
    @CsvSource({
        "4242424242424242, captured, ,",
        "5555555555554444, captured, ,",
        "4000000000000002, declined, generic_decline, soft",
        "4000000000009995, declined, insufficient_funds, soft",
        "4000000000000069, declined, expired_card, hard",
        "4000000000000127, declined, incorrect_cvc, hard",
        "4000000000009987, declined, lost_card, hard",
        "4000000000009979, declined, stolen_card, hard",
        "4000000000000119, declined, processing_error, soft",
        "4100000000000019, declined, fraudulent, hard",
    })
    void everyMagicCardHasItsStatus(String card, String status, String code, String kind) {
        Api.Answer answer =
                rig.api().pay(UUID.randomUUID().toString(), Api.payment(5_000_000, card, ""));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("status")).isEqualTo(status);
        if (code != null) {
            assertThat(answer.json().getJsonObject("decline").getString("code")).isEqualTo(code);
            assertThat(answer.json().getJsonObject("decline").getString("kind")).isEqualTo(kind);
        }
    }

    @Test
    void aChallengeThatIsPassedCapturesThePayment() {
        Api.Answer answer =
                rig.api()
                        .pay(
                                UUID.randomUUID().toString(),
                                Api.payment(9_000_000, "4000000000003220", ""));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("status")).isEqualTo("requires_action");
        String url = answer.json().getJsonObject("next_action").getString("url");
        Api.Answer page = new Api(url, "").get("");
        assertThat(page.status()).isEqualTo(200);
        new Api(url, "")
                .post(
                        "",
                        "result=approve",
                        java.util.Map.of("Content-Type", "application/x-www-form-urlencoded"));
        JsonObject done =
                Until.is(
                        () -> rig.api().get("/v1/payments/" + answer.text("id")).json(),
                        payment -> payment.getString("status").equals("captured"));
        assertThat(done.isNull("next_action")).isTrue();
    }

    @Test
    void aCallbackThatLiesMakesTheBankBeAskedAndNothingElse() {
        String id =
                rig.api()
                        .pay(
                                UUID.randomUUID().toString(),
                                Api.payment(9_000_000, "4000000000003220", ""))
                        .text("id");
        try (Database database = rig.database()) {
            UUID payment = TypeId.parse("pay", id).orElseThrow();
            String[] attempt =
                    attempt(database, payment, "tenant || ' ' || reference").split(" ", 2);
            String asked = attempt(database, payment, "checks::text");

            Api.Answer told =
                    rig.api("")
                            .post(
                                    "/callbacks/alpha/" + attempt[0],
                                    "{\"reference\":\"%s\",\"status\":\"approved\",\"amount\":9000000}"
                                            .formatted(attempt[1]),
                                    java.util.Map.of());

            assertThat(told.status()).isEqualTo(204);
            String ignored =
                    Until.is(
                            () -> attempt(database, payment, "checks::text"),
                            checks -> !checks.equals(asked));
        }
        assertThat(rig.api().get("/v1/payments/" + id).text("status")).isEqualTo("requires_action");
        assertThat(rig.bank().effects(rig.api(), id)).isEmpty();
    }

    private static String attempt(Database database, UUID payment, String column) {
        return database.first(
                        "SELECT " + column + " FROM attempt WHERE payment = ?",
                        row -> row.getString(1),
                        payment)
                .orElseThrow();
    }

    @Test
    void aBankThatIsGoneIsSaidToBeAndTheSameKeyWorksLater() {
        String key = UUID.randomUUID().toString();
        rig.stopSandbox();
        Api.Answer refused = rig.api().pay(key, Api.payment(6_000_000));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("bank_unavailable");
        assertThat(refused.header("Retry-After")).isPresent();

        rig.restartSandbox();
        Api.Answer paid =
                Until.is(
                        () -> rig.api().pay(key, Api.payment(6_000_000)),
                        answer -> answer.status() == 201);

        assertThat(paid.text("status")).isEqualTo("captured");
        assertThat(effects(paid.text("id"))).containsExactly("debit");
    }

    @Test
    void aPaymentThatProvedUnsentGoesOnAtAnotherBankWhenTheFirstIsFoundDown() {
        try (Rig.Neighbour neighbour =
                rig.neighbour(Role.GATEWAY, rig.twoBanksFirstUnreachable())) {
            String key = UUID.randomUUID().toString();
            Api.Answer refused = neighbour.api().pay(key, Api.payment(6_200_000));
            assertThat(refused.code()).isEqualTo("bank_unavailable");
            String id =
                    rig.api()
                            .get("/v1/idempotency_keys/" + key)
                            .json()
                            .getJsonObject("payment")
                            .getString("id");

            Api.Answer paid =
                    Until.is(
                            () -> neighbour.api().pay(key, Api.payment(6_200_000)),
                            answer -> answer.status() == 201);

            assertThat(paid.text("id")).isEqualTo(id);
            assertThat(paid.text("status")).isEqualTo("captured");
            assertThat(paid.text("bank")).isEqualTo("beta");
            assertThat(effects(id)).containsExactly("debit");
            assertThat(rig.api().get("/v1/payments/" + id).body()).isEqualTo(paid.body());
        }
    }

    @Test
    void whatWasOnDiskTooLateToBeSentIsTriedAgainByItself() throws Exception {
        try (Rig slow =
                Rig.start(
                        java.util.Map.of(
                                "banks.send-window", "800ms",
                                "journal.commit-wait", "700ms",
                                "server.warm-up", "1m"))) {
            Api.Answer paid = late(slow, () -> slow.api().pay(6_400_000));
            assertThat(paid.status()).as(paid.body()).isEqualTo(201);
            assertSentByItsLastTry(slow, paid.text("id"), "sale");
            assertThat(slow.bank().effects(slow.api(), paid.text("id"))).containsExactly("debit");

            String held =
                    slow.api()
                            .pay(
                                    UUID.randomUUID().toString(),
                                    Api.payment(
                                            6_400_000, Api.CARD, ",\"capture_method\":\"manual\""))
                            .text("id");
            Api.Answer captured = late(slow, () -> capture(slow, held));
            assertThat(captured.status()).as(captured.body()).isEqualTo(201);
            assertSentByItsLastTry(slow, held, "capture");
        }
    }

    private static Api.Answer capture(Rig rig, String payment) {
        return rig.api()
                .post(
                        "/v1/payments/" + payment + "/captures",
                        "{\"amount\":1000}",
                        java.util.Map.of("Idempotency-Key", UUID.randomUUID().toString()));
    }

    private static void assertSentByItsLastTry(Rig rig, String payment, String kind) {
        List<String> states =
                rig.api().operations(payment).stream()
                        .filter(operation -> operation.getString("kind").equals(kind))
                        .toList()
                        .getLast()
                        .getJsonArray("attempts")
                        .stream()
                        .map(attempt -> attempt.asJsonObject().getString("state"))
                        .toList();
        assertThat(states).startsWith("not_sent").endsWith("approved");
    }

    /**
     * What is answered when the commit before the bank's call takes longer than a call may wait.
     */
    private static Api.Answer late(Rig rig, Callable<Api.Answer> request) throws Exception {
        commitsWaitFor(rig, "nobody");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                // Settings are taken up a moment later: a commit that hangs shows that they are.
                Future<Api.Answer> answer =
                        Until.is(() -> threads.submit(request), asked -> hangs(rig, asked));
                int ignored = Until.is(() -> waiting(rig, "1 second"), count -> count > 0);
                commitsWaitFor(rig, "");
                return answer.get();
            } finally {
                commitsWaitFor(rig, "");
            }
        }
    }

    private static boolean hangs(Rig rig, Future<Api.Answer> payment) {
        return Until.is(
                        () -> payment.isDone() ? -1 : waiting(rig, "0 seconds"),
                        count -> count != 0)
                > 0;
    }

    /** Commits that have waited for a standby for so long. */
    private static int waiting(Rig rig, String since) {
        return Integer.parseInt(
                rig.postgres()
                        .ask(
                                rig.databaseName(),
                                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                        + " AND wait_event = 'SyncRep' AND query_start < now() - interval '"
                                        + since
                                        + "'"));
    }

    private static void commitsWaitFor(Rig rig, String standby) {
        rig.postgres()
                .admin(
                        "postgres",
                        "ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'");
        rig.postgres().admin("postgres", "SELECT pg_reload_conf()");
    }

    @Test
    void aBankWithoutVoidByReferenceIsBelievedNotToKnowItAfterItsLongestDelay() {
        try (Rig simple =
                Rig.start(
                        java.util.Map.of(
                                "banks.alpha.void-by-reference", "false",
                                "banks.alpha.longest-delay", "1s",
                                "banks.send-window", "800ms",
                                "journal.commit-wait", "700ms"))) {
            String lost = simple.api().pay(1_230_070).text("id");
            String processed = simple.api().pay(1_230_068).text("id");

            JsonObject failed =
                    Until.is(
                            () -> simple.api().get("/v1/payments/" + lost).json(),
                            payment -> payment.getString("status").equals("failed"));
            assertThat(failed.getJsonObject("failure").getString("code"))
                    .isEqualTo("bank_unavailable");
            Until.is(
                    () -> simple.api().get("/v1/payments/" + processed).json(),
                    payment -> payment.getString("status").equals("captured"));
            assertThat(simple.bank().effects(simple.api(), lost)).isEmpty();
            assertThat(simple.bank().effects(simple.api(), processed)).containsExactly("debit");
        }
    }

    @Test
    void aPaymentThatProvedUnsentFailsWhenNobodyComesBackForIt() {
        String key = UUID.randomUUID().toString();
        rig.stopSandbox();
        Api.Answer refused = rig.api().pay(key, Api.payment(6_100_000));
        assertThat(refused.status()).isEqualTo(503);
        String id =
                rig.api()
                        .get("/v1/idempotency_keys/" + key)
                        .json()
                        .getJsonObject("payment")
                        .getString("id");

        Until.is(
                () -> rig.api().get("/v1/payments/" + id).json(),
                payment -> payment.getString("status").equals("failed"));
        rig.restartSandbox();

        Api.Answer again = rig.api().pay(key, Api.payment(6_100_000));
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text("status")).isEqualTo("failed");
        assertThat(effects(id)).isEmpty();
    }

    private static List<String> effects(String payment) {
        return rig.bank().effects(rig.api(), payment);
    }
}
