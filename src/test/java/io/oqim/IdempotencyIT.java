package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One key, one payment, one answer: over processes, refusals, deadlines and lost writes. */
class IdempotencyIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        // Time enough for a slow machine: what is waited for must not end by itself.
        rig = Rig.start(Map.of("resolver.reopened-for", "30s", "banks.deadline", "6s"));
    }

    @AfterEach
    void calm() {
        rig.bank().moneyTakes(5);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void aKeyThatAnotherProcessWorksOnIsWaitedForAndAnsweredWithItsBytes() throws Exception {
        String key = UUID.randomUUID().toString();
        rig.bank().moneyTakes(1_500);
        try (Rig.Neighbour neighbour = rig.neighbour(Role.GATEWAY, Map.of());
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Api.Answer> first = callers.submit(() -> rig.api().pay(key, Api.payment(1_000)));
            isClaimed(key);
            List<Future<Api.Answer>> followers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                followers.add(callers.submit(() -> neighbour.api().pay(key, Api.payment(1_000))));
            }

            assertThat(first.get().status()).isEqualTo(201);
            for (Future<Api.Answer> follower : followers) {
                assertThat(follower.get().status()).isEqualTo(201);
                assertThat(follower.get().body()).isEqualTo(first.get().body());
                assertThat(follower.get().header("Event-Seq"))
                        .isEqualTo(first.get().header("Event-Seq"));
                assertThat(follower.get().header("Idempotent-Replayed")).contains("true");
            }
            assertThat(rig.bank().effects(rig.api(), first.get().text("id")))
                    .containsExactly("debit");
        }
    }

    @Test
    void whoWaitsForAnotherProcessTakesNoRoomFromThoseWhoPay() throws Exception {
        String key = UUID.randomUUID().toString();
        rig.bank().post("/control/freeze", "{\"bank\":\"alpha\"}");
        try (Rig.Neighbour narrow =
                        rig.neighbour(
                                Role.GATEWAY,
                                Map.of(
                                        "server.max-in-flight",
                                        "1",
                                        "banks.alpha.url",
                                        rig.bankUrl("beta")));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Api.Answer> first = callers.submit(() -> rig.api().pay(key, Api.payment(1_000)));
            isClaimed(key);
            Future<Api.Answer> follower =
                    callers.submit(() -> narrow.api().pay(key, Api.payment(1_000)));

            Until.is(
                    () -> narrow.management().get("/metrics").body(),
                    metrics -> metrics.contains("oqim_payments_following 1.0"));

            Api.Answer other = narrow.api().pay(2_000);

            assertThat(other.text("status")).isEqualTo("captured");
            assertThat(follower.isDone()).as("it is still waiting").isFalse();
            rig.bank().post("/control/thaw", "{}");
            assertThat(follower.get().body()).isEqualTo(first.get().body());
        } finally {
            rig.bank().post("/control/reset");
        }
    }

    @Test
    void aFullProcessRefusesWhatIsNewAndAnswersWhatIsKnown() throws Exception {
        String answered = UUID.randomUUID().toString();
        Api.Answer before = rig.api().pay(answered, Api.payment(1_000));
        String elsewhere = UUID.randomUUID().toString();
        rig.bank().post("/control/freeze", "{\"bank\":\"alpha\"}");
        try (Rig.Neighbour narrow =
                        rig.neighbour(Role.GATEWAY, Map.of("server.max-in-flight", "1"));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            String filling = UUID.randomUUID().toString();
            Future<Api.Answer> full =
                    callers.submit(() -> narrow.api().pay(filling, Api.payment(1_000)));
            Future<Api.Answer> atWork =
                    callers.submit(() -> rig.api().pay(elsewhere, Api.payment(1_000)));
            isClaimed(filling);
            isClaimed(elsewhere);

            Api.Answer refused = narrow.api().pay(1_000);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("overloaded");
            assertThat(refused.header("Retry-After")).isPresent();

            Api.Answer known = narrow.api().pay(answered, Api.payment(1_000));
            assertThat(known.status()).isEqualTo(201);
            assertThat(known.body()).isEqualTo(before.body());

            Api.Answer open = narrow.api().pay(elsewhere, Api.payment(1_000));
            assertThat(open.status()).isEqualTo(409);
            assertThat(open.code()).isEqualTo("idempotency_key_in_use");
            assertThat(open.header("Retry-After")).isPresent();

            rig.bank().post("/control/thaw", "{}");
            assertThat(full.get().status()).isIn(201, 202);
            assertThat(atWork.get().status()).isIn(201, 202);
        } finally {
            rig.bank().post("/control/reset");
        }
    }

    @Test
    void aCardThatExpiredSinceGetsTheAnswerOfItsKeyAndIsRefusedForANewOne() {
        String key = UUID.randomUUID().toString();
        YearMonth month = YearMonth.now(ZoneOffset.UTC);
        String body =
                Api.payment(1_000)
                        .replace("\"exp_month\":12", "\"exp_month\":" + month.getMonthValue())
                        .replace("2030", Integer.toString(month.getYear()));
        Api.Answer paid = rig.api().pay(key, body);
        assertThat(paid.status()).isEqualTo(201);

        String expired = Api.payment(1_000).replace("2030", Integer.toString(month.getYear() - 1));
        assertThat(rig.api().pay(key, expired).code()).isEqualTo("idempotency_key_reused");
        assertThat(rig.api().pay(UUID.randomUUID().toString(), expired).code())
                .isEqualTo("card_expired");
    }

    @Test
    void aPaymentThatCouldNotBeStartedInTimeSendsNothingAndTheKeyWorksLater() {
        Rig.Other merchant = rig.otherMerchant();
        String key = UUID.randomUUID().toString();
        Api.Answer impatient = whileItsLogIsHeld(merchant, () -> pay(merchant.api(), key, "1"));

        assertThat(impatient.status()).isEqualTo(503);
        assertThat(impatient.code()).isEqualTo("deadline_exceeded");
        Api.Answer paid =
                Until.is(
                        () -> merchant.api().pay(key, Api.payment(1_000)),
                        answer -> answer.status() == 201);
        assertThat(paid.text("status")).isEqualTo("captured");
        assertThat(rig.bank().effects(merchant.api(), paid.text("id"))).containsExactly("debit");
    }

    @Test
    void whoLeavesWhileAnotherStillWaitsAbandonsNothing() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        String key = UUID.randomUUID().toString();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Api.Answer>> patient = new ArrayList<>();
            Api.Answer impatient =
                    whileItsLogIsHeld(
                            merchant,
                            () -> {
                                patient.add(callers.submit(() -> pay(merchant.api(), key, "20")));
                                return pay(merchant.api(), key, "1");
                            });

            assertThat(impatient.status()).isEqualTo(409);
            assertThat(impatient.code()).isEqualTo("idempotency_key_in_use");
            assertThat(patient.getFirst().get().text("status")).isEqualTo("captured");
        }
    }

    @Test
    void whoWaitsLongerThanAnotherGetsTheAnswerThatTheOtherGot() throws Exception {
        String key = UUID.randomUUID().toString();
        rig.bank().moneyTakes(1_600);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Api.Answer> early = callers.submit(() -> pay(rig.api(), key, "1"));
            Future<Api.Answer> late = callers.submit(() -> pay(rig.api(), key, "20"));

            assertThat(early.get().status()).isEqualTo(202);
            assertThat(late.get().status()).isEqualTo(202);
            assertThat(late.get().body()).isEqualTo(early.get().body());
            String id = early.get().text("id");
            Until.is(
                    () -> rig.api().get("/v1/payments/" + id).text("status"),
                    status -> status.equals("captured"));
            assertThat(rig.api().pay(key, Api.payment(1_000)).body()).isEqualTo(early.get().body());
        }
    }

    @Test
    void aPaymentThatTheDatabaseLostIsFoundAtTheBankAndNotChargedAgain() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        String key = UUID.randomUUID().toString();
        Api.Answer lost = merchant.api().pay(key, Api.payment(1_000));
        assertThat(lost.status()).isEqualTo(201);
        String reference = reference(merchant.api(), lost.text("id"));
        // As after a failover to a standby that never got it.
        try (Database database = rig.database()) {
            long tenant = merchant.tenant(database);
            for (String table :
                    List.of(
                            "idempotency_claim",
                            "stored_response",
                            "payment",
                            "operation",
                            "attempt")) {
                rig.postgres()
                        .admin(
                                rig.databaseName(),
                                "DELETE FROM " + table + " WHERE tenant = " + tenant);
            }
        }

        Api.Answer again = merchant.api().pay(key, Api.payment(1_000));

        assertThat(again.status()).isIn(201, 202);
        assertThat(reference(merchant.api(), again.text("id"))).isEqualTo(reference);
        Until.is(
                () -> merchant.api().get("/v1/payments/" + again.text("id")).text("status"),
                status -> status.equals("captured"));
        assertThat(rig.bank().effects(merchant.api(), again.text("id"))).containsExactly("debit");
    }

    private static String reference(Api api, String payment) {
        return api.get("/v1/payments/" + payment + "/operations")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getJsonArray("attempts")
                .getJsonObject(0)
                .getString("reference");
    }

    private static Api.Answer pay(Api api, String key, String deadline) {
        return api.post(
                "/v1/payments",
                Api.payment(1_000),
                Map.of("Idempotency-Key", key, "Payment-Deadline", deadline));
    }

    private static void isClaimed(String key) {
        try (Database database = rig.database()) {
            Until.is(
                    Duration.ofSeconds(10),
                    () ->
                            database.first(
                                    "SELECT 1 FROM idempotency_claim WHERE key = ?",
                                    row -> row.getInt(1),
                                    key),
                    found -> found.isPresent());
        }
    }

    /** While somebody else has the merchant's log, nothing of the merchant's is committed. */
    private static <T> T whileItsLogIsHeld(Rig.Other merchant, Callable<T> work) {
        try (Database database = rig.database()) {
            long tenant = merchant.tenant(database);
            return database.inTransaction(
                    connection -> {
                        try (var statement = connection.createStatement()) {
                            statement.execute("SET idle_in_transaction_session_timeout = 0");
                            statement.execute(
                                    "SELECT 1 FROM tenant_head WHERE tenant = "
                                            + tenant
                                            + " FOR UPDATE");
                            return work.call();
                        } catch (SQLException | RuntimeException e) {
                            throw e;
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
        }
    }
}
