package io.oqim.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.concurrent.Bell;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.dev.PostgresServer;
import io.oqim.event.EventBody;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;
import io.oqim.event.EventSequencer;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import io.oqim.store.Migrations;
import io.oqim.testing.Infra;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a log as those who follow it see it, whatever comes in, in whatever order. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LiveTailIT {
    private static final int EVENTS = 600;
    private static final int FOLLOWERS = 4;
    private static final AtomicLong TENANTS = new AtomicLong();

    private static PostgresServer postgres;
    private static OqimConfig config;
    private static Database database;
    private static EventLog log;

    @BeforeAll
    static void start() throws Exception {
        postgres = Infra.postgres(Path.of("target", "it", "tail-" + ProcessHandle.current().pid()));
        config = config(postgres.database("tail"));
        Migrations.run(config.database());
        database = new Database(config.database(), 3);
        log = new EventLog(database, new EventFeed());
    }

    @AfterAll
    static void stop() throws Exception {
        database.close();
        postgres.close();
    }

    @Test
    void everyFollowerSeesEveryEntryOnceAndInOrderHoweverCommitsAreTold() throws Exception {
        long seed = Long.getLong("oqim.seed", System.nanoTime());
        System.out.println("LiveTailIT seed " + seed);
        for (int round = 0; round < 4; round++) {
            round(new Random(seed + round));
        }
    }

    /** A failover between what was sent and what is acknowledged of it. */
    @Test
    void anAcknowledgementOfALogThatWasReplacedIsNotKept() {
        long tenant = newTenant();
        Journal journal = journal(places -> {});
        write(journal, tenant, new Random(1));
        boolean ignored = journal.close(Duration.ofSeconds(5));
        ConsumerStore store = new ConsumerStore(database);
        String epoch = log.bounds(tenant).epoch();
        boolean created =
                store.create(
                        new ConsumerStore.Offset(tenant, "careful", epoch, 0, Optional.empty()), 9);
        assertThat(created).isTrue();
        ConsumerStore.Name name = new ConsumerStore.Name(tenant, "careful");
        Optional<byte[]> there = log.hash(tenant, 20);

        assertThat(
                        store.save(
                                List.of(
                                        new ConsumerStore.Ack(
                                                name,
                                                epoch,
                                                18,
                                                new ConsumerStore.Sent(
                                                        20, Optional.of(new byte[32]))))))
                .isEmpty();
        assertThat(store.find(tenant, "careful").orElseThrow().seq()).isZero();

        assertThat(
                        store.save(
                                List.of(
                                        new ConsumerStore.Ack(
                                                name,
                                                epoch,
                                                18,
                                                new ConsumerStore.Sent(20, there)))))
                .containsExactly(name);
        ConsumerStore.Offset kept = store.find(tenant, "careful").orElseThrow();
        assertThat(kept.seq()).isEqualTo(18);
        assertThat(kept.hash().orElseThrow()).isEqualTo(log.hash(tenant, 18).orElseThrow());
    }

    private static void round(Random random) throws Exception {
        long tenant = newTenant();
        try (Told told = new Told(random.nextLong());
                ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            Journal one = journal(told::committedHere);
            Journal two = journal(told::committedElsewhere);
            AtomicBoolean open = new AtomicBoolean(true);
            List<Future<List<Long>>> followers = new ArrayList<>();
            for (int i = 0; i < FOLLOWERS; i++) {
                Random own = new Random(random.nextLong());
                followers.add(all.submit(() -> follow(told.tails, tenant, own, open)));
            }
            List<Future<?>> writers = new ArrayList<>();
            for (Journal journal : List.of(one, two, one, two)) {
                Random own = new Random(random.nextLong());
                writers.add(all.submit(() -> write(journal, tenant, own)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            long head = log.head(tenant);
            for (Future<List<Long>> follower : followers) {
                List<Long> seen = follower.get();
                assertThat(seen).hasSize((int) head).isSorted().doesNotHaveDuplicates();
                assertThat(seen.getLast()).isEqualTo(head);
            }
            open.set(false);
            boolean first = one.close(Duration.ofSeconds(5));
            boolean second = two.close(Duration.ofSeconds(5));
            assertThat(first && second).isTrue();
        }
    }

    /** Reads until it has all, with pauses, and comes and goes. */
    private static List<Long> follow(
            LiveTails tails, long tenant, Random random, AtomicBoolean open) throws Exception {
        List<Long> seen = new ArrayList<>();
        Pages pages = new Pages(log, config.stream(), new SimpleMeterRegistry());
        while (seen.size() < EVENTS) {
            Bell bell = new Bell();
            Follower follower = bell::ring;
            LiveTail tail = tails.follow(tenant, follower);
            try {
                Cursor cursor = new Cursor(pages, tail, open::get);
                var ignored = cursor.start(Cursor.Start.after(seen.size()));
                int life = 1 + random.nextInt(200);
                while (life > 0 && seen.size() < EVENTS) {
                    Entry next = cursor.peek();
                    if (next == null) {
                        // Longer than any hint may take, shorter than the test: a lost one would
                        // show.
                        assertThat(bell.await(Duration.ofSeconds(20))).isTrue();
                    } else {
                        cursor.take();
                        assertThat(next.seq()).isEqualTo(seen.size() + 1L);
                        seen.add(next.seq());
                        life--;
                    }
                }
            } finally {
                tails.leave(tail, follower);
            }
        }
        return seen;
    }

    private static void write(Journal journal, long tenant, Random random) {
        for (int done = 0; done < EVENTS / 4; ) {
            int events = Math.min(1 + random.nextInt(3), EVENTS / 4 - done);
            List<Change.Draft> drafts = new ArrayList<>();
            for (int i = 0; i < events; i++) {
                UUID payment = UUID.randomUUID();
                drafts.add(
                        EventBody.draft(
                                "payment.created",
                                payment,
                                payment,
                                "{}".getBytes(StandardCharsets.US_ASCII)));
            }
            UUID id = UUID.randomUUID();
            Commit ignored = journal.commit(new Change(id, tenant, id, List.of(), drafts));
            done += events;
        }
    }

    /** Tells of commits late, in any order, as hints, twice, or not at all. */
    private static final class Told implements AutoCloseable {
        private final Pages pages = new Pages(log, config.stream(), new SimpleMeterRegistry());
        private final LiveTails tails = new LiveTails(log, pages, config.stream());
        private final ExecutorService couriers = Executors.newVirtualThreadPerTaskExecutor();
        private final Random random;

        Told(long seed) {
            random = new Random(seed);
            tails.start();
        }

        synchronized void committedHere(List<Commit.Place> places) {
            late(() -> tails.committed(places), random.nextInt(4));
            if (random.nextInt(5) == 0) {
                late(() -> tails.committed(places), random.nextInt(20));
            }
        }

        synchronized void committedElsewhere(List<Commit.Place> places) {
            Commit.Place last = places.getLast();
            if (random.nextInt(3) > 0) {
                late(() -> tails.hint(last.tenant(), last.seq()), random.nextInt(20));
            }
            if (random.nextInt(20) == 0) {
                late(() -> tails.hint(last.tenant(), last.seq() + 1000), random.nextInt(20));
            }
        }

        private void late(Runnable telling, int millis) {
            var ignored =
                    couriers.submit(
                            () -> {
                                Thread.sleep(millis);
                                telling.run();
                                return null;
                            });
        }

        @Override
        public void close() {
            couriers.close();
            tails.close();
        }
    }

    private static Journal journal(java.util.function.Consumer<List<Commit.Place>> committed) {
        return new Journal(
                database,
                new EventSequencer(),
                config.journal(),
                1000,
                new SimpleMeterRegistry(),
                committed);
    }

    private static long newTenant() {
        long tenant = TENANTS.incrementAndGet();
        int ignored =
                database.execute(
                        "INSERT INTO tenant_head (tenant, seq, hash, created) VALUES (?, 0, decode(repeat('00', 32), 'hex'), now())",
                        tenant);
        return tenant;
    }

    private static OqimConfig config(String url) {
        Map<String, String> values = new HashMap<>();
        values.put("admin-key", "an-admin-key-of-thirty-one-char");
        values.put("crypto.key", "a-crypto-key-of-at-least-thirty-two-characters");
        values.put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        values.put("database.url", url);
        values.put("database.password", PostgresServer.PASSWORD);
        values.put("database.migrate-password", PostgresServer.PASSWORD);
        values.put("stream.head-poll", "100ms");
        values.put("stream.keep-recent", "20ms");
        values.put("stream.window", "8");
        values.put("stream.page", "7");
        return OqimConfig.from(new Settings(values, Map.of()));
    }
}
