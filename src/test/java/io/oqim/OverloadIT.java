package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens when more is asked for than can be written. */
class OverloadIT {
    private static final int ADMITTED = 80;

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start( // It is over when the first of these is refused.
                        patient(Map.of("server.max-delay", "1s", "server.warm-up", "1s")));
    }

    /** Whoever is let in may wait for long. */
    private static Map<String, String> patient(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        // What is sent at once is not written at once.
        all.put("journal.lanes", "1");
        all.put("journal.max-batch", "8");
        all.put("database.lock-timeout", "20s");
        all.put("database.statement-timeout", "30s");
        all.put("banks.send-window", "20s");
        all.put("journal.commit-wait", "20s");
        all.put("server.request-deadline", "50s");
        return all;
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void readsAreRefusedBeforePaymentsAreAndWhatWasAdmittedIsMade() throws Exception {
        List<Future<Api.Answer>> admitted = new ArrayList<>();
        try (ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor();
                Database database = rig.database()) {
            int ignored =
                    database.inTransaction(
                            connection -> {
                                lock(connection, "idempotency_claim IN EXCLUSIVE MODE");
                                for (int i = 0; i < ADMITTED; i++) {
                                    admitted.add(payers.submit(() -> rig.api().pay(1_000)));
                                }
                                refusedOneAfterTheOther();
                                return 0;
                            });

            for (Future<Api.Answer> payment : admitted) {
                assertThat(payment.get().status()).isEqualTo(201);
            }
        }
        assertThat(rig.api().get("/v1/payments?limit=1").status()).isEqualTo(200);
        assertThat(rig.api().pay(1_000).status()).isEqualTo(201);
    }

    private static void refusedOneAfterTheOther() {
        Api.Answer read =
                Until.is(() -> rig.api().get("/v1/payments?limit=1"), a -> a.status() != 200);
        assertRefused(read);
        assertThat(rig.api().get("/v1/idempotency_keys/never-used").status()).isEqualTo(404);
        // Later: payments may wait twice as long. Until then they are taken, and would block here.
        Until.is(() -> rig.admin().metric("oqim_behind_seconds"), behind -> behind > 1.0);
        assertRefused(rig.api().pay(1_000));
        assertThat(rig.admin().metric("oqim_http_shed_total")).isPositive();
    }

    /** Otherwise each of them waits for its time to be over, and costs more than it brings. */
    @Test
    void whileReadsWaitForConnectionsWhatIsNewIsRefusedAtTheDoor() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
                Database database = rig.database()) {
            int ignored =
                    database.inTransaction(
                            connection -> {
                                lock(connection, "consumer IN ACCESS EXCLUSIVE MODE");
                                for (int i = 0; i < ADMITTED; i++) {
                                    readers.execute(() -> read(over));
                                }
                                try {
                                    Until.is(
                                            () -> rig.api().pay(1_000),
                                            answer -> answer.code().equals("overloaded"));
                                } finally {
                                    over.set(true);
                                }
                                return 0;
                            });
        }
        Until.is(() -> rig.api().pay(1_000).status(), status -> status == 201);
    }

    /** What is slow because it has just started would be as slow for whoever is sent away. */
    @Test
    void whileAProcessWarmsUpNobodyIsRefusedForItsBeingSlow() throws Exception {
        try (Rig cold =
                        Rig.start(
                                patient(
                                        Map.of(
                                                "server.max-delay",
                                                "5ms",
                                                "server.warm-up",
                                                "5m")));
                ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor();
                Database database = cold.database()) {
            List<Future<Api.Answer>> paid = new ArrayList<>();
            int ignored =
                    database.inTransaction(
                            connection -> {
                                lock(connection, "idempotency_claim IN EXCLUSIVE MODE");
                                for (int i = 0; i < ADMITTED; i++) {
                                    paid.add(payers.submit(() -> cold.api().pay(1_000)));
                                }
                                Until.is(
                                        () -> cold.admin().metric("oqim_behind_seconds"),
                                        behind -> behind > 0.2);
                                paid.add(payers.submit(() -> cold.api().pay(1_000)));
                                assertThat(cold.api().get("/v1/payments?limit=1").status())
                                        .isEqualTo(200);
                                return 0;
                            });
            for (Future<Api.Answer> payment : paid) {
                assertThat(payment.get().status()).isEqualTo(201);
            }
        }
    }

    /** Until the transaction ends, which may take a while. */
    private static void lock(Connection connection, String what) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
            statement.execute("LOCK " + what);
        }
    }

    private static void read(AtomicBoolean over) {
        while (!over.get()) {
            assertThat(rig.api().get("/v1/stream/consumers").status()).isIn(200, 503);
        }
    }

    private static void assertRefused(Api.Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("overloaded");
        assertThat(answer.header("Retry-After").map(Integer::parseInt))
                .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(1, 10));
    }
}
