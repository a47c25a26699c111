package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The gateway is killed while payments are in flight, again and again, as a process of its own. */
class KillIT {
    private static final int ROUNDS = Integer.getInteger("oqim.kill.rounds", 3);
    private static final int IN_FLIGHT = 100;

    @Test
    void whatWasAnsweredIsThereNothingIsPaidTwiceAndAllIsSettledAfterSigkill() throws Exception {
        long seed = Long.getLong("oqim.seed", System.nanoTime());
        System.out.println("KillIT seed " + seed + " (again with -Doqim.seed=" + seed + ")");
        Random random = new Random(seed);
        Map<String, Api.Answer> acknowledged = new ConcurrentHashMap<>();
        Set<String> cutOff = ConcurrentHashMap.newKeySet();
        try (Rig rig = Rig.start()) {
            rig.stopGateway();
            rig.bank()
                    .put(
                            "/control/latency",
                            "{\"operation\":\"money\",\"distribution\":\"log_normal\",\"median_ms\":120,\"sigma\":0.5}");
            for (int round = 0; round < ROUNDS; round++) {
                GatewayProcess oqim = GatewayProcess.start(rig, rig.port(), "kill.log");
                int before = acknowledged.size();
                try (ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor()) {
                    List<Future<?>> paying = new ArrayList<>();
                    for (int i = 0; i < IN_FLIGHT; i++) {
                        paying.add(
                                payers.submit(
                                        () -> payUntilKilled(rig, oqim, acknowledged, cutOff)));
                    }
                    Until.is(acknowledged::size, size -> size > before + IN_FLIGHT);
                    java.util.concurrent.locks.LockSupport.parkNanos(
                            Duration.ofMillis(random.nextInt(300)).toNanos());
                    oqim.kill();
                    for (Future<?> one : paying) {
                        one.get();
                    }
                }
            }
            GatewayProcess oqim = GatewayProcess.start(rig, rig.port(), "kill.log");
            try {
                assertRetriesGoOnWithThePaymentsThatWereCutOff(rig, cutOff);
                assertEverythingIsSettled(rig, acknowledged);
                assertThat(new Audit(rig.config(), System.out::println).run()).isZero();
            } finally {
                oqim.kill();
                rig.startGateway();
            }
        }
    }

    private static void payUntilKilled(
            Rig rig,
            GatewayProcess oqim,
            Map<String, Api.Answer> acknowledged,
            Set<String> cutOff) {
        while (oqim.isAlive()) {
            String key = UUID.randomUUID().toString();
            try {
                Api.Answer answer = rig.api().pay(key, Api.payment(1_000));
                if (answer.status() == 201) {
                    acknowledged.put(key, answer);
                }
            } catch (UncheckedIOException e) {
                // The process was killed: nothing was promised.
                cutOff.add(key);
            }
        }
    }

    /** As a merchant does it: the same key until there is an answer that tells. */
    private static void assertRetriesGoOnWithThePaymentsThatWereCutOff(Rig rig, Set<String> cutOff)
            throws Exception {
        assertThat(cutOff).isNotEmpty();
        try (ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> retries = new ArrayList<>();
            for (String key : cutOff) {
                retries.add(
                        payers.submit(
                                () ->
                                        Until.is(
                                                () -> rig.api().pay(key, Api.payment(1_000)),
                                                answer ->
                                                        answer.status() == 201
                                                                || answer.status() == 202)));
            }
            for (Future<?> retry : retries) {
                retry.get();
            }
        }
        System.out.println("KillIT: " + cutOff.size() + " cut off, and tried again");
    }

    private static void assertEverythingIsSettled(Rig rig, Map<String, Api.Answer> acknowledged) {
        try (var database = rig.database()) {
            long open =
                    Until.is(
                            Duration.ofSeconds(30),
                            () ->
                                    database.first(
                                                    "SELECT count(*) FROM payment WHERE status IN ('processing', 'in_doubt')",
                                                    row -> row.getLong(1))
                                            .orElseThrow(),
                            count -> count == 0);
            assertThat(open).isZero();
            acknowledged.forEach(
                    (key, answer) -> {
                        assertThat(rig.api().get("/v1/payments/" + answer.text("id")).body())
                                .isEqualTo(answer.body());
                        assertThat(rig.api().pay(key, Api.payment(1_000)).body())
                                .isEqualTo(answer.body());
                    });
            List<JsonObject> journal = rig.bank().journal();
            Map<String, Long> debits = new ConcurrentHashMap<>();
            Map<String, Long> credits = new ConcurrentHashMap<>();
            for (JsonObject row : journal) {
                Map<String, Long> into = row.getString("effect").equals("debit") ? debits : credits;
                if (!row.getString("effect").equals("none")) {
                    into.merge(row.getString("payment"), 1L, Long::sum);
                }
            }
            assertThat(debits.values()).allMatch(count -> count == 1);
            long captured =
                    database.first(
                                    "SELECT count(*) FROM payment WHERE status = 'captured'",
                                    row -> row.getLong(1))
                            .orElseThrow();
            assertThat(captured)
                    .as("what the bank took and kept is what is captured")
                    .isEqualTo(debits.size() - credits.size());
            assertThat(
                            database.query(
                                    "SELECT count(*), min(seq), max(seq) FROM event GROUP BY tenant",
                                    row -> row.getLong(1) == row.getLong(3) && row.getLong(2) == 1))
                    .containsOnly(true);
            long postings =
                    database.first("SELECT count(*) FROM posting", row -> row.getLong(1))
                            .orElseThrow();
            assertThat(postings).isEqualTo(captured);
            System.out.println(
                    "KillIT: "
                            + acknowledged.size()
                            + " acknowledged, "
                            + captured
                            + " captured, "
                            + credits.size()
                            + " reversed");
        }
    }
}
