package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.LocalPostgres;
import io.oqim.store.TypeId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
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
    private Rig.Other merchant;

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
    void whoeverWinsOverADelayedCommitWhatIsAnsweredBookedAndKeptByTheBankAgrees()
            throws Exception {
        // The replies come, enquiries do not know them yet, and the second commits wait for a lock:
        // the resolver takes the attempts for abandoned, and voids them if it comes first.
        List<Api.Answer> answers = payWhileTheSecondCommitsAreHeld(1_230_078);

        for (Api.Answer answer : answers) {
            String status = settled(answer);
            List<String> effects = effects(merchant.api(), answer.text("id"));
            if (status.equals("captured")) {
                assertThat(effects).containsExactly("debit");
            } else {
                assertThat(status).isEqualTo("canceled");
                assertThat(effects).containsExactly("debit", "credit");
                assertThat(answer.text("status")).isNotEqualTo("captured");
            }
        }
    }

    @Test
    void anApprovalInHandSettlesAPaymentThatTheResolverHasPutInDoubt() throws Exception {
        // Enquiries get no answer, so that the driver alone knows what the bank said.
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"sale\",\"probability\":1,\"action\":\"delay_ms:300\"},"
                                + "{\"operation\":\"enquiry\",\"probability\":1,\"action\":\"drop_before\"}]");

        List<Api.Answer> answers = payWhileTheSecondCommitsAreHeld(1_000_000);

        for (Api.Answer answer : answers) {
            assertThat(settled(answer)).isEqualTo("captured");
            assertThat(effects(merchant.api(), answer.text("id"))).containsExactly("debit");
        }
    }

    @Test
    void whatTheDriverAndTheResolverHeardAlikeIsNoEvidence() throws Exception {
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"sale\",\"probability\":1,\"action\":\"delay_ms:300\"}]");

        List<Api.Answer> answers = payWhileTheSecondCommitsAreHeld(2_000_000);

        for (Api.Answer answer : answers) {
            assertThat(settled(answer)).isEqualTo("captured");
        }
        try (var database = rig.database()) {
            long tenant = merchant.tenant(database);
            assertThat(count(database, "SELECT count(*) FROM evidence WHERE tenant = " + tenant))
                    .isZero();
            assertThat(
                            count(
                                    database,
                                    "SELECT count(*) FROM attempt WHERE fence > 0 AND tenant = "
                                            + tenant))
                    .as("asked about by the resolver too")
                    .isPositive();
        }
    }

    /**
     * Payments whose bank has approved, and whose tenant's log is locked longer than they may take.
     */
    private List<Api.Answer> payWhileTheSecondCommitsAreHeld(long amount) throws Exception {
        if (amount % 10_000 == 78) {
            rig.bank()
                    .put(
                            "/control/faults",
                            "[{\"operation\":\"sale\",\"probability\":1,\"action\":\"delay_ms:300\"}]");
        }
        merchant = rig.otherMerchant();
        List<Future<Api.Answer>> paying = new ArrayList<>();
        try (var database = rig.database();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            long tenant = merchant.tenant(database);
            for (int i = 0; i < 10; i++) {
                paying.add(callers.submit(() -> merchant.api().pay(amount)));
            }
            Until.is(
                    () -> count(database, "SELECT count(*) FROM payment WHERE tenant = " + tenant),
                    count -> count == 10);
            database.inTransaction(
                    connection -> {
                        try (var statement = connection.createStatement()) {
                            statement.execute("SET idle_in_transaction_session_timeout = 0");
                            statement.execute(
                                    "SELECT 1 FROM tenant_head WHERE tenant = "
                                            + tenant
                                            + " FOR UPDATE");
                            // Longer than window, deadline and margin together.
                            statement.execute("SELECT pg_sleep(4.5)");
                        }
                        return null;
                    });
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> one : paying) {
                answers.add(one.get());
            }
            return answers;
        }
    }

    private String settled(Api.Answer answer) {
        return Until.is(
                () ->
                        merchant.api()
                                .get("/v1/payments/" + answer.text("id"))
                                .json()
                                .getString("status"),
                status -> !List.of("processing", "in_doubt").contains(status));
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
                                    && answer.text("detail").contains("No bank can be reached"));

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

    @Test
    void whatABankSaysOfADoubtIsBookedAlsoWhenItsPaymentChangedWhileItWasAsked() throws Exception {
        Shop shop = new Shop(rig);
        String id = shop.captured(100_000);
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"refund\",\"probability\":1,\"times_left\":1,\"action\":\"delay_ms:1500\"},"
                                + "{\"operation\":\"refund\",\"probability\":1,\"times_left\":1,\"action\":\"drop_after\"},"
                                + "{\"operation\":\"enquiry\",\"probability\":1,\"action\":\"delay_ms:1800\"}]");
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Api.Answer> slow =
                    callers.submit(() -> shop.operate(id, "refunds", "{\"amount\":100}"));
            Until.is(
                    () -> rig.bank().effects(rig.api(), id),
                    effects -> effects.equals(List.of("debit", "credit")));

            Api.Answer doubtful = shop.operate(id, "refunds", "{\"amount\":200}");

            assertThat(doubtful.status()).as(doubtful.body()).isEqualTo(202);
            assertThat(slow.get().status()).isEqualTo(201);
            String operation = Shop.operation(doubtful).getString("id");
            Until.is(
                    () -> rig.api().get("/v1/operations/" + operation).text("status"),
                    "succeeded"::equals);
        }
        try (var database = rig.database()) {
            UUID payment = TypeId.parse("pay", id).orElseThrow();
            assertThat(
                            count(
                                    database,
                                    "SELECT count(*) FROM evidence WHERE payment = '"
                                            + payment
                                            + "'"))
                    .as("evidence against what the books say")
                    .isZero();
        }
        shop.assertBooksAgree(id);
    }

    @Test
    void whatDidNotLeaveIsSaidNotToHaveLeftAlsoWhenAnotherProcessChangesThePaymentMeanwhile()
            throws Exception {
        Shop shop = new Shop(rig);
        String id = shop.captured(1_000);
        rig.stopSandbox();
        try (Connection owner =
                        DriverManager.getConnection(
                                rig.postgres().url(rig.databaseName()),
                                LocalPostgres.MIGRATE_ROLE,
                                LocalPostgres.PASSWORD);
                Statement statement = owner.createStatement()) {
            statement.execute(theEndOfARefundIsTooLate(TypeId.parse("pay", id).orElseThrow()));
            try {
                Api.Answer refused = shop.operate(id, "refunds", "{\"amount\":600}");

                assertThat(refused.status()).as(refused.body()).isEqualTo(503);
                assertThat(refused.code()).as(refused.body()).isEqualTo("bank_unavailable");
                try (ResultSet seen = statement.executeQuery("SELECT last_value FROM seen")) {
                    assertThat(seen.next()).isTrue();
                    assertThat(seen.getLong(1))
                            .as("hopefully, carefully, and over the payment as it is")
                            .isEqualTo(3);
                }
            } finally {
                statement.execute("DROP TRIGGER is_seen ON payment");
            }
        } finally {
            rig.restartSandbox();
        }
    }

    /** As when another process has changed the payment between a look at it and the commit. */
    private static String theEndOfARefundIsTooLate(UUID payment) {
        return """
        CREATE SEQUENCE seen;
        CREATE FUNCTION is_seen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            IF OLD.payment = '%s' AND OLD.pending_refund > 0 AND nextval('seen') <= 2 THEN
                RETURN NULL;
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER is_seen BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION is_seen()
        """
                .formatted(payment);
    }

    private static long count(io.oqim.store.Database database, String sql) {
        return database.first(sql, row -> row.getLong(1)).orElseThrow();
    }

    private static List<String> effects(Api api, String payment) {
        return rig.bank().effects(api, payment);
    }
}
