package io.oqim.chaos;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Merchants who pay at a steady rate, whatever happens, by gateways that are ready. Each insists on
 * an answer with the same idempotency key, at another gateway each time, as long as he is told "not
 * now" or nothing.
 */
final class Shops implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(14);
    private static final int MOST = 4_000;

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();
    private final ExecutorService orders = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MOST);
    private final Gate gate;
    private final List<String> keys;
    private final Random random;
    private final Map<String, Answered> answered = new ConcurrentHashMap<>();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Map<String, Long> reasons = new ConcurrentHashMap<>();
    private final Gaps gaps = new Gaps();
    private final AtomicBoolean crowded = new AtomicBoolean();
    private volatile boolean over;
    private Thread clock;

    /** Which gateway is asked next. */
    interface Gate {
        Node next(Random random);
    }

    /** What was promised under a key. */
    record Answered(String tenantKey, String path, String body, int status, String answer) {
        JsonObject json() {
            try (var reader = Json.createReader(new StringReader(answer))) {
                return reader.readObject();
            }
        }
    }

    Shops(Gate gate, List<String> keys, long seed) {
        this.gate = gate;
        this.keys = keys;
        this.random = new Random(seed);
    }

    /**
     * Begins with a tenth of the rate, and has the whole of it at the end of a time; each order is
     * one to three requests.
     */
    void start(int perSecond, Duration ramp) {
        long pause = TimeUnit.SECONDS.toNanos(1) / perSecond;
        clock =
                Thread.ofPlatform()
                        .name("orders")
                        .start(
                                () -> {
                                    long started = System.nanoTime();
                                    long next = started;
                                    while (!over) {
                                        double part =
                                                Math.min(
                                                        1,
                                                        0.1
                                                                + (double) (next - started)
                                                                        / Math.max(
                                                                                1, ramp.toNanos()));
                                        next += (long) (pause / part);
                                        LockSupport.parkNanos(next - System.nanoTime());
                                        begin(new Random(random.nextLong()));
                                    }
                                });
    }

    private void begin(Random own) {
        if (!places.tryAcquire()) {
            if (!crowded.getAndSet(true)) {
                problems.add("more than " + MOST + " orders at once");
            }
            return;
        }
        orders.execute(
                () -> {
                    try {
                        order(own);
                    } catch (RuntimeException e) {
                        problems.add("an order failed: " + e);
                    } finally {
                        places.release();
                    }
                });
    }

    private void order(Random own) {
        String key = keys.get(own.nextInt(keys.size()));
        long amount = 1_000L * (1 + own.nextInt(9));
        int kind = own.nextInt(100);
        boolean manual = kind >= 95;
        Optional<Answered> opened =
                insist(
                        own,
                        key,
                        "/v1/payments",
                        """
                        {"amount":%d,"currency":"UZS","capture_method":"%s","payment_method":{"type":"card","card":\
                        {"number":"4242424242424242","exp_month":12,"exp_year":2030,"cvc":"123"}}}"""
                                .formatted(amount, manual ? "manual" : "automatic"));
        if (opened.isEmpty() || opened.get().status() != 201) {
            return;
        }
        String payment = "/v1/payments/" + opened.get().json().getString("id");
        if (manual) {
            var ignored =
                    insist(own, key, payment + "/captures", "{\"amount\":" + amount / 2 + "}");
            ignored = insist(own, key, payment + "/cancel", "{}");
        } else if (kind < 5) {
            var ignored = insist(own, key, payment + "/refunds", "{\"amount\":" + amount / 4 + "}");
        }
    }

    private Optional<Answered> insist(Random own, String tenantKey, String path, String body) {
        String key = UUID.randomUUID().toString();
        long end = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        int tries = 0;
        while (System.nanoTime() - end < 0) {
            int asked = 0;
            try {
                HttpResponse<String> response = post(gate.next(own), tenantKey, key, path, body);
                if (response.statusCode() < 300) {
                    gaps.answered();
                    Answered promise =
                            new Answered(
                                    tenantKey, path, body, response.statusCode(), response.body());
                    answered.put(key, promise);
                    return Optional.of(promise);
                }
                last = response.statusCode() + " " + response.body();
                asked =
                        response.headers()
                                .firstValue("Retry-After")
                                .map(Integer::parseInt)
                                .orElse(0);
                if (asked == 0) {
                    // A later operation may find that what it wants is done, or cannot be.
                    if (response.statusCode() != 409 || path.equals("/v1/payments")) {
                        problems.add(path + " was answered " + last);
                    }
                    return Optional.empty();
                }
                refusals.incrementAndGet();
                reasons.merge(code(last), 1L, Long::sum);
            } catch (IOException e) {
                failures.incrementAndGet();
                last = e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            // A client that knocks at a fixed pace makes every trouble longer for all.
            int most = 200 << Math.min(tries++, 5);
            int pause = Math.max(1_000 * asked, most / 4) + own.nextInt(most);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
        }
        problems.add(path + " got no answer within " + PATIENCE + ", last " + last);
        return Optional.empty();
    }

    private HttpResponse<String> post(
            Node gateway, String tenantKey, String key, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                        .timeout(ANSWER_WITHIN)
                        .header("Authorization", "Bearer " + tenantKey)
                        .header("Idempotency-Key", key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The same request again; what was answered must be answered again. */
    String again(String key, Node gateway) throws IOException, InterruptedException {
        Answered before = answered.get(key);
        return post(gateway, before.tenantKey(), key, before.path(), before.body()).body();
    }

    /** What was promised, by idempotency key. */
    Map<String, Answered> answered() {
        return answered;
    }

    /** What no merchant should see. */
    Queue<String> problems() {
        return problems;
    }

    /** Answers "not now" so far. */
    long refusals() {
        return refusals.get();
    }

    /** Requests so far that got no answer at all. */
    long failures() {
        return failures.get();
    }

    Gaps gaps() {
        return gaps;
    }

    private static String code(String answer) {
        int at = answer.indexOf("\"code\":\"");
        return at < 0 ? answer : answer.substring(at + 8, answer.indexOf('"', at + 8));
    }

    /** Why it was "not now" since this was asked before, and how often. */
    Map<String, Long> reasons() {
        Map<String, Long> since = new TreeMap<>(reasons);
        since.keySet().forEach(reasons::remove);
        return since;
    }

    /** Orders that are not answered yet. */
    int waiting() {
        return MOST - places.availablePermits();
    }

    /** No more orders; returns when those at hand have ended. */
    void finish() throws InterruptedException {
        over = true;
        clock.join();
        boolean all = places.tryAcquire(MOST, PATIENCE.toSeconds() + 30, TimeUnit.SECONDS);
        if (!all) {
            problems.add("orders did not end");
        }
    }

    @Override
    public void close() {
        over = true;
        orders.shutdownNow();
        http.shutdownNow();
    }
}
