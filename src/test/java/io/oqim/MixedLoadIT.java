package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.LocalRedis;
import io.oqim.store.Database;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two processes share a load of all operations while the bank loses answers. One of them is killed,
 * or stands still for longer than its leases and wakes up, again and again.
 *
 * <p>Seeded: {@code -Doqim.seed}. {@code -Doqim.mixed.rounds} rounds of each kind, with pauses of
 * {@code -Doqim.mixed.pause} seconds (10 and 60 with {@code -Psoak}).
 */
class MixedLoadIT {
    private static final int ROUNDS = Integer.getInteger("oqim.mixed.rounds", 1);
    private static final Duration PAUSE =
            Duration.ofSeconds(Integer.getInteger("oqim.mixed.pause", 8));
    private static final int CALLERS = 30;

    private record Asked(String path, String body, String key) {
        Api.Answer of(Api api) {
            return api.post(path, body, Map.of("Idempotency-Key", key));
        }
    }

    private interface Harm {
        void to(GatewayProcess process) throws Exception;
    }

    private final Map<Asked, Api.Answer> answered = new ConcurrentHashMap<>();
    private final Set<Asked> unanswered = ConcurrentHashMap.newKeySet();
    private Rig rig;
    private GatewayProcess one;
    private GatewayProcess two;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.start(Map.of("resolver.lease", "6s", "banks.breaker-volume", "10000"));
        rig.stopGateway();
        rig.bank()
                .put(
                        "/control/latency",
                        "{\"operation\":\"money\",\"distribution\":\"log_normal\",\"median_ms\":60,\"sigma\":0.5}");
        one = GatewayProcess.start(rig, rig.port(), "mixed-1.log");
        two = GatewayProcess.start(rig, LocalRedis.freePort(), "mixed-2.log");
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        rig.startGateway();
        rig.close();
    }

    @Test
    void noOperationIsLostOrDoneTwiceByProcessesThatAreKilledOrStandStill() throws Exception {
        long seed = Long.getLong("oqim.seed", System.nanoTime());
        System.out.println("MixedLoadIT seed " + seed);
        Random random = new Random(seed);
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"money\",\"probability\":0.03,\"action\":\"drop_after\"}]");
        for (int round = 0; round < ROUNDS; round++) {
            underLoad(
                    random,
                    process -> {
                        process.pause();
                        LockSupport.parkNanos(PAUSE.toNanos());
                        process.resume();
                    });
            underLoad(random, GatewayProcess::kill);
            two = GatewayProcess.start(rig, two.port(), "mixed-2.log");
        }
        rig.bank().put("/control/faults", "[]");

        theSameKeysEndInAnswers();
        try (Database database = rig.database()) {
            everythingIsDecided(database);
        }
        whatWasAnsweredIsAnsweredAgain();
        List<String> differences = new ArrayList<>();
        assertThat(new Audit(rig.config(), differences::add).run())
                .as(differences.toString())
                .isZero();
        System.out.println(
                "MixedLoadIT: " + answered.size() + " answered, " + unanswered.size() + " not");
    }

    private void underLoad(Random random, Harm harm) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        int before = answered.size();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> calling = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Random own = new Random(random.nextLong());
                // Half of them do not notice what happens to the other process.
                boolean both = i % 2 == 0;
                calling.add(
                        callers.submit(
                                () -> {
                                    while (!over.get()) {
                                        oneLife(own, both);
                                    }
                                }));
            }
            try {
                Until.is(answered::size, size -> size > before + 5 * CALLERS);
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(300)).toNanos());
                harm.to(two);
            } finally {
                over.set(true);
            }
            for (Future<?> one : calling) {
                one.get();
            }
        }
    }

    /** A payment with what follows; it ends where an answer does not come. */
    private void oneLife(Random random, boolean both) {
        Supplier<Api> api = () -> both && random.nextBoolean() ? two.api() : one.api();
        boolean manual = random.nextBoolean();
        String more = manual ? ",\"capture_method\":\"manual\"" : "";
        Optional<Api.Answer> opened = ask(api, "/v1/payments", Api.payment(10_000, Api.CARD, more));
        if (opened.isEmpty()) {
            return;
        }
        String payment = "/v1/payments/" + opened.get().text("id");
        if (manual) {
            Optional<Api.Answer> ignored = ask(api, payment + "/captures", "{\"amount\":4000}");
            ignored = ask(api, payment + "/adjustments", "{\"amount\":11000}");
            if (random.nextBoolean()) {
                ignored = ask(api, payment + "/captures", "{\"amount\":3000,\"final\":true}");
            } else {
                ignored = ask(api, payment + "/captures", "{\"amount\":3000}");
                ignored = ask(api, payment + "/cancel", "{}");
            }
        }
        Optional<Api.Answer> ignored = ask(api, payment + "/refunds", "{\"amount\":2500}");
        ignored = ask(api, payment + "/refunds", "{\"amount\":1500}");
    }

    /** Once; nothing when the answer did not come or was "not now". */
    private Optional<Api.Answer> ask(Supplier<Api> api, String path, String body) {
        Asked asked = new Asked(path, body, UUID.randomUUID().toString());
        try {
            Api.Answer answer = asked.of(api.get());
            if (answer.status() < 300) {
                answered.put(asked, answer);
                return Optional.of(answer);
            }
            if (answer.status() == 503) {
                unanswered.add(asked);
            }
        } catch (UncheckedIOException e) {
            // The process was killed: nothing was promised.
            unanswered.add(asked);
        }
        return Optional.empty();
    }

    /** As a merchant does it: the same key until it is more than "not now". */
    private void theSameKeysEndInAnswers() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> retries = new ArrayList<>();
            for (Asked asked : unanswered) {
                retries.add(
                        callers.submit(
                                () -> Until.is(() -> asked.of(two.api()), MixedLoadIT::tells)));
            }
            for (Future<?> retry : retries) {
                retry.get();
            }
        }
    }

    /** What happened, or why it never will. */
    private static boolean tells(Api.Answer answer) {
        return answer.status() < 300
                || (answer.status() == 409 && answer.header("Retry-After").isEmpty());
    }

    private static void everythingIsDecided(Database database) {
        Until.is(
                () ->
                        database.query(
                                "SELECT state, count(*) FROM attempt WHERE next_check_at IS NOT NULL GROUP BY state",
                                row -> row.getString(1) + ": " + row.getLong(2)),
                List::isEmpty);
        assertThat(
                        database.query(
                                "SELECT payment FROM payment WHERE in_doubt_since IS NOT NULL OR pending_capture > 0"
                                        + " OR pending_void > 0 OR pending_refund > 0 OR pending_increase > 0",
                                row -> row.getString(1)))
                .isEmpty();
    }

    private void whatWasAnsweredIsAnsweredAgain() throws Exception {
        assertThat(answered).isNotEmpty();
        Semaphore places = new Semaphore(CALLERS);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> asking = new ArrayList<>();
            for (Map.Entry<Asked, Api.Answer> one : answered.entrySet()) {
                places.acquire();
                asking.add(
                        callers.submit(
                                () -> {
                                    try {
                                        assertThat(one.getKey().of(this.one.api()).body())
                                                .as(one.getKey().toString())
                                                .isEqualTo(one.getValue().body());
                                    } finally {
                                        places.release();
                                    }
                                }));
            }
            for (Future<?> answer : asking) {
                answer.get();
            }
        }
    }
}
