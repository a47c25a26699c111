package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.oqim.store.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Any number of receivers that are dead or silent take nothing from one that is well. */
class DeadReceiversIT {
    private static final int DEAD = Integer.getInteger("oqim.webhook.dead", 200);
    private static final int A_TENANT = 10;
    private static final int PAYMENTS = 50;
    private static final int EVENTS = Integer.getInteger("oqim.webhook.dead.events", 5);

    @Test
    void aHealthyEndpointIsServedAsFastBesideManyThatAreDead() throws Exception {
        try (Rig rig =
                        Rig.start(
                                Map.of(
                                        "webhooks.allow-http", "true",
                                        "webhooks.allow-private", "true"));
                Database database = rig.database();
                Silent silent = new Silent();
                Receiver healthy = Receiver.good()) {
            Rig.Other merchant = rig.otherMerchant();
            endpoint(merchant, healthy.url());
            long[] alone = latencies(merchant, healthy);
            List<Rig.Other> crowd = crowd(rig, silent);
            fill(rig, crowd);
            // Until each was tried: from then on half of them hold on to what they get.
            Until.is(Duration.ofMinutes(3), () -> tried(database), count -> count >= DEAD);
            long[] storm = latencies(merchant, healthy);
            // Those that refuse have been tried with all that they were to get.
            Until.is(Duration.ofMinutes(3), () -> untried(database), count -> count == 0);
            long[] beside = latencies(merchant, healthy);

            System.out.printf(
                    "DeadReceiversIT: %d dead endpoints; a healthy one, from payment to receiver,"
                            + " p50 and p95: alone %s; while all of them are tried at once %s;"
                            + " after that %s%n",
                    DEAD, shown(alone, alone), shown(storm, alone), shown(beside, alone));
            assertThat(tried(database)).isEqualTo(DEAD);
        }
    }

    @Test
    void receiversThatTakeAllButSlowlyLeavePlacesToTheQuickOnes() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Held held = new Held(4, new AtomicInteger(), new AtomicInteger());
        try (Rig rig =
                        Rig.start(
                                Map.of(
                                        "webhooks.allow-http", "true",
                                        "webhooks.allow-private", "true",
                                        "webhooks.slow-after", "200ms",
                                        "webhooks.max-failing", "2",
                                        "webhooks.max-in-flight", "4"));
                Receiver slow = new Receiver((message, exchange) -> slowly(exchange, held, end));
                Receiver quick = Receiver.good()) {
            Rig.Other merchant = rig.otherMerchant();
            endpoint(merchant, quick.url());
            merchant.api().pay(1_000);
            quick.await(2);
            Rig.Other sluggish = rig.otherMerchant();
            endpoint(sluggish, slow.url());
            endpoint(sluggish, slow.url());
            sluggish.api().pay(1_000);
            // Each of the two has taken something, and would be trusted with more.
            slow.await(4);
            for (int i = 0; i < 5; i++) {
                sluggish.api().pay(1_000);
            }
            Until.is(held.now()::get, count -> count == 2);

            merchant.api().pay(1_000);

            quick.await(4);
            assertThat(held.now()).hasValue(2);
            end.countDown();
            slow.await(24);
        } finally {
            end.countDown();
        }
    }

    /** Answers late, and those that come when the others were answered not before the end. */
    private static void slowly(HttpExchange exchange, Held held, CountDownLatch end)
            throws IOException, InterruptedException {
        boolean early = held.begun().incrementAndGet() <= held.early();
        if (!early) {
            held.now().incrementAndGet();
        }
        boolean ignored = end.await(early ? 300 : 14_000, TimeUnit.MILLISECONDS);
        if (!early) {
            held.now().decrementAndGet();
        }
        exchange.sendResponseHeaders(204, -1);
    }

    /** Messages that a receiver has got, and those that it holds on to. */
    private record Held(int early, AtomicInteger begun, AtomicInteger now) {}

    private static String shown(long[] millis, long[] alone) {
        return "%d ms and %d ms (ratio %.1f and %.1f)"
                .formatted(
                        millis[0],
                        millis[1],
                        millis[0] / (double) Math.max(1, alone[0]),
                        millis[1] / (double) Math.max(1, alone[1]));
    }

    /** What waits for its first attempt at an endpoint that refuses. */
    private static int untried(Database database) {
        return database.first(
                        "SELECT count(*) FROM webhook_delivery d WHERE d.attempts = 0"
                                + " AND EXISTS (SELECT FROM webhook_attempt a WHERE a.tenant = d.tenant"
                                + " AND a.endpoint = d.endpoint AND a.error = 'connection_failed')",
                        row -> row.getInt(1))
                .orElseThrow();
    }

    private static int tried(Database database) {
        return database.first(
                        "SELECT count(DISTINCT endpoint) FROM webhook_delivery WHERE attempts > 0"
                                + " OR created_at < now() - interval '1 second'",
                        row -> row.getInt(1))
                .orElseThrow();
    }

    /** The times from the answer to a payment to its last message, each after the one before. */
    private static long[] latencies(Rig.Other merchant, Receiver receiver) {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < PAYMENTS; i++) {
            int before = receiver.messages().size();
            merchant.api().pay(1_000);
            long paid = System.nanoTime();
            long arrived = receiver.await(before + 2).getLast().atNanos();
            millis.add(Math.max(0, arrived - paid) / 1_000_000);
        }
        millis.sort(null);
        return new long[] {millis.get(PAYMENTS / 2), millis.get(PAYMENTS * 95 / 100)};
    }

    /** Tenants with endpoints at which nobody listens, or nobody answers. */
    private static List<Rig.Other> crowd(Rig rig, Silent silent) throws IOException {
        String refusing;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refusing = "http://127.0.0.1:" + closed.getLocalPort() + "/";
        }
        List<Rig.Other> crowd = new ArrayList<>();
        for (int i = 0; i < DEAD / A_TENANT; i++) {
            Rig.Other merchant = rig.otherMerchant();
            for (int j = 0; j < A_TENANT; j++) {
                endpoint(merchant, j % 2 == 0 ? refusing : silent.url());
            }
            crowd.add(merchant);
        }
        return crowd;
    }

    private static void fill(Rig rig, List<Rig.Other> crowd) {
        try (Database database = rig.database()) {
            List<Long> tenants = crowd.stream().map(merchant -> merchant.tenant(database)).toList();
            Logs.append(rig, tenants, EVENTS, places -> {});
        }
    }

    private static void endpoint(Rig.Other merchant, String url) {
        Api.Answer answer =
                merchant.api().post("/v1/webhook_endpoints", "{\"url\":\"" + url + "\"}", Map.of());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    /** Takes connections and never says anything. */
    private static final class Silent implements AutoCloseable {
        private final ServerSocket server;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final ExecutorService accepting = Executors.newVirtualThreadPerTaskExecutor();

        Silent() throws IOException {
            server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
            var ignored = accepting.submit(this::accept);
        }

        private Void accept() throws IOException {
            while (true) {
                sockets.add(server.accept());
            }
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort() + "/";
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
            accepting.shutdownNow();
        }
    }
}
