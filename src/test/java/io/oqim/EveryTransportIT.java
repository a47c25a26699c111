package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Whoever follows a log gets all of it, once and in its order, whatever becomes of him, of Redis
 * and of the processes: on every transport.
 */
class EveryTransportIT {
    private static final int EVENTS = Integer.getInteger("oqim.log.events", 800);
    private static final int PAYERS = 8;

    private final long seed = Long.getLong("oqim.seed", System.nanoTime());
    private final AtomicLong seeds = new AtomicLong(seed);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong resumed = new AtomicLong();
    private final AtomicLong finalHead = new AtomicLong(Long.MAX_VALUE);
    private Database database;

    @Test
    void consumersThatAreKilledAndResumedGetEveryEventOnEveryTransport() throws Exception {
        System.out.println("EveryTransportIT seed " + seed);
        Map<String, String> settings =
                Map.of(
                        "webhooks.allow-http",
                        "true",
                        "webhooks.allow-private",
                        "true",
                        "webhooks.timeout",
                        "1s",
                        "webhooks.name-timeout",
                        "500ms",
                        "webhooks.schedule",
                        "50ms,100ms,200ms,400ms,1s,1s,2s,2s,5s,5s",
                        "webhooks.lease",
                        "2s",
                        "webhooks.linger",
                        "500ms",
                        "stream.head-poll",
                        "500ms");
        try (Rig rig = Rig.start(settings);
                Rig.Neighbour neighbour = rig.neighbour(Role.ALL, Map.of());
                Database own = rig.database();
                ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            database = own;
            int port = Rig.freePort();
            GatewayProcess[] process = {GatewayProcess.start(rig, port, "transports.log")};
            List<String> urls =
                    List.of(rig.api().url(), neighbour.api().url(), process[0].api().url());
            Map<String, Future<List<Long>>> consumers = new LinkedHashMap<>();
            for (int i = 0; i < 2; i++) {
                consumers.put("websocket " + i, all.submit(consumer(rig, urls, this::webSocket)));
                consumers.put("sse " + i, all.submit(consumer(rig, urls, this::sse)));
                consumers.put("poll " + i, all.submit(consumer(rig, urls, this::poll)));
            }
            Set<Integer> delivered = ConcurrentHashMap.newKeySet();
            try (Receiver receiver = moody(delivered)) {
                assertThat(
                                rig.api()
                                        .post(
                                                "/v1/webhook_endpoints",
                                                "{\"url\":\"" + receiver.url() + "\"}",
                                                Map.of())
                                        .status())
                        .isEqualTo(201);
                List<Future<?>> payers = new ArrayList<>();
                for (int i = 0; i < PAYERS; i++) {
                    String url = urls.get(i % urls.size());
                    payers.add(all.submit(() -> pay(rig, new Api(url, rig.key()))));
                }
                awaitHead(rig, EVENTS / 4);
                rig.redis().stop();
                awaitHead(rig, EVENTS / 2);
                process[0].kill();
                awaitHead(rig, EVENTS * 3L / 4);
                rig.redis().restart();
                process[0] = GatewayProcess.start(rig, port, "transports.log");
                awaitHead(rig, EVENTS);
                over.set(true);
                for (Future<?> payer : payers) {
                    payer.get();
                }
                long head = settled(rig);
                System.out.println(
                        "EveryTransportIT: "
                                + head
                                + " events, webhooks refused "
                                + (receiver.messages().size() - delivered.size()));
                for (var consumer : consumers.entrySet()) {
                    List<Long> seen = consumer.getValue().get();
                    assertThat(seen).as(consumer.getKey()).hasSize((int) head);
                    for (int i = 0; i < head; i++) {
                        assertThat(seen.get(i)).as(consumer.getKey()).isEqualTo(i + 1L);
                    }
                }
                System.out.println("EveryTransportIT: resumed " + resumed.get() + " times");
                Until.is(Duration.ofSeconds(60), delivered::size, size -> size == head);
            } finally {
                process[0].kill();
                rig.redis().restart();
            }
        }
    }

    /** One life of a consumer: from {@code seen}'s end on, for a while. */
    private interface Life {
        void live(Api api, List<Long> seen, Random random) throws Exception;
    }

    /** Lives on, here and there, until it has all that there will be. */
    private Callable<List<Long>> consumer(Rig rig, List<String> urls, Life life) {
        Random random = new Random(seeds.incrementAndGet());
        return () -> {
            List<Long> seen = new ArrayList<>();
            while (wanted(seen)) {
                Api api = new Api(urls.get(random.nextInt(urls.size())), rig.key());
                try {
                    life.live(api, seen, random);
                } catch (RuntimeException | java.io.IOException | AssertionError e) {
                    // Its process was killed; it goes elsewhere.
                    Thread.sleep(random.nextInt(50));
                }
                var ignored = resumed.incrementAndGet();
            }
            return seen;
        };
    }

    private void webSocket(Api api, List<Long> seen, Random random) throws Exception {
        int port = java.net.URI.create(api.url()).getPort();
        try (StreamClient client = new StreamClient(port, api.key(), "?after=" + seen.size())) {
            long prev = seen.size();
            for (int left = 1 + random.nextInt(300); left > 0 && wanted(seen); left--) {
                JsonObject frame = client.any(2);
                if (frame.getString("type").equals("event")) {
                    assertThat(frame.getJsonNumber("prev").longValue()).isEqualTo(prev);
                    prev = frame.getJsonObject("event").getJsonNumber("seq").longValue();
                    seen.add(prev);
                }
            }
        }
    }

    private void sse(Api api, List<Long> seen, Random random) throws Exception {
        try (SseClient client =
                new SseClient(
                        api.url() + "/v1/events/stream",
                        api.key(),
                        "Last-Event-ID",
                        Integer.toString(seen.size()))) {
            for (int left = 1 + random.nextInt(300); left > 0 && wanted(seen); left--) {
                SseClient.Message message = client.next(2);
                if (message.event().equals("message")) {
                    seen.add(Long.parseLong(message.id()));
                } else if (message.event().equals("end")) {
                    return;
                }
            }
        }
    }

    private void poll(Api api, List<Long> seen, Random random) {
        JsonObject page =
                api.get(
                                "/v1/events?after="
                                        + seen.size()
                                        + "&wait=1&limit="
                                        + (1 + random.nextInt(100)))
                        .json();
        if (random.nextInt(10) == 0) {
            // Killed before it could keep what it got.
            return;
        }
        page.getJsonArray("data")
                .forEach(event -> seen.add(event.asJsonObject().getJsonNumber("seq").longValue()));
    }

    /** While events still are made, or some of those that were are not there yet. */
    private boolean wanted(List<Long> seen) {
        return !over.get() || seen.size() < finalHead.get();
    }

    /** Refuses, forgets to answer, and takes what comes. */
    private Receiver moody(Set<Integer> delivered) {
        Random random = new Random(seeds.incrementAndGet());
        return new Receiver(
                (message, exchange) -> {
                    int mood = random.nextInt(20);
                    if (mood == 0) {
                        exchange.close();
                    } else if (mood < 3) {
                        Receiver.answering(500).answer(message, exchange);
                    } else {
                        delivered.add(message.seq());
                        Receiver.answering(204).answer(message, exchange);
                    }
                });
    }

    private void pay(Rig rig, Api api) {
        while (!over.get()) {
            try {
                Api.Answer ignored = api.pay(1_000);
            } catch (RuntimeException e) {
                // Its process was killed; the others go on.
                Api.Answer ignored = rig.api().pay(1_000);
            }
        }
    }

    /** The head, once nothing moves any more. */
    private long settled(Rig rig) {
        long head =
                Until.is(
                        Duration.ofMinutes(1),
                        () -> {
                            long before = head(rig);
                            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000);
                            return before == head(rig) && open() == 0 ? before : -1L;
                        },
                        same -> same > 0);
        finalHead.set(head);
        return head;
    }

    private int open() {
        return database.first(
                        "SELECT count(*) FROM payment WHERE status IN ('processing', 'in_doubt')",
                        row -> row.getInt(1))
                .orElseThrow();
    }

    private void awaitHead(Rig rig, long events) {
        long ignored = Until.is(Duration.ofMinutes(15), () -> head(rig), head -> head >= events);
    }

    private long head(Rig rig) {
        return database.first(
                        "SELECT h.seq FROM tenant_head h JOIN tenant t USING (tenant)"
                                + " WHERE t.merchant = ? AND t.mode = 'test'",
                        row -> row.getLong(1),
                        rig.merchant())
                .orElse(0L);
    }
}
