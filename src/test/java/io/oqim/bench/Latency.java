package io.oqim.bench;

import io.oqim.bench.Stand.Tenant;
import io.oqim.store.Commit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** Time from the journal's word that an event is on disk until a socket has it. */
final class Latency {
    private static final int WARMUP_SECONDS = 5;

    private final Options options;
    private final int tenants;
    private final int each;
    private final int rate;
    private final int seconds;
    private final Map<Long, Integer> numbers = new HashMap<>();

    /** When the event was committed, by tenant and sequence number. */
    private final AtomicLongArray committed;

    private final int room;
    private final int[] micros;

    /** Written by the one thread of the sockets. */
    private volatile int arrived;

    private volatile boolean measuring;

    Latency(Options options) {
        this.options = options;
        tenants = options.number("tenants", 100);
        each = options.number("each", 10);
        rate = options.number("rate", 500);
        seconds = options.number("seconds", 20);
        int all = rate * (2 * seconds + 2 * WARMUP_SECONDS);
        room = all / tenants + 2;
        committed = new AtomicLongArray(room * tenants);
        micros = new int[rate * seconds * each];
    }

    private record Result(double p50, double p99, double most) {}

    void run() throws IOException, InterruptedException {
        StreamBench.print(
                "latency: %d tenants with %d sockets each, %d events a second, %d s",
                tenants, each, rate, seconds);
        Map<String, String> settings =
                Map.of(
                        "stream.max-connections",
                        Integer.toString(tenants * each),
                        "stream.max-connections-per-tenant",
                        Integer.toString(each));
        try (Stand stand = new Stand(settings);
                Publisher publisher = new Publisher(stand.config(), this::committed);
                Served oqim = stand.oqim("stream", options.jvm());
                Swarm swarm = new Swarm(this::arrived)) {
            List<Tenant> all = stand.tenants(tenants);
            List<Swarm.Target> targets = new ArrayList<>();
            for (int number = 0; number < tenants; number++) {
                numbers.put(all.get(number).id(), number);
                for (int i = 0; i < each; i++) {
                    targets.add(Stand.target(oqim, all.get(number), number, 0));
                }
            }
            swarm.open(targets);
            Result with = measure(publisher, all, swarm, oqim, "with Redis");
            stand.redis().stop();
            Result without = measure(publisher, all, swarm, oqim, "no Redis");
            stand.redis().restart();
            StreamBench.print(
                    "latency: with / without Redis: %.4f p50, %.4f p99",
                    with.p50() / without.p50(), with.p99() / without.p99());
        }
    }

    private void committed(List<Commit.Place> places) {
        long now = System.nanoTime();
        for (Commit.Place place : places) {
            int number = numbers.get(place.tenant());
            committed.set(number * room + (int) place.seq(), now);
        }
    }

    private void arrived(int number, long seq) {
        if (measuring) {
            long nanos = System.nanoTime() - committed.get(number * room + (int) seq);
            int next = arrived;
            micros[next] = (int) (nanos / 1000);
            arrived = next + 1;
        }
    }

    private Result measure(
            Publisher publisher, List<Tenant> all, Swarm swarm, Served oqim, String name)
            throws IOException, InterruptedException {
        measuring = false;
        publish(publisher, all, swarm, WARMUP_SECONDS);
        arrived = 0;
        measuring = true;
        double cpu = oqim.cpuSeconds();
        publish(publisher, all, swarm, seconds);
        swarm.check();
        cpu = oqim.cpuSeconds() - cpu;
        Arrays.sort(micros);
        Result result = new Result(at(0.5), at(0.99), at(1));
        StreamBench.print(
                "latency: %-10s p50 %7.2f ms, p99 %7.2f ms, max %7.2f ms; %d messages,"
                        + " %.1f CPU us a message",
                name, result.p50(), result.p99(), result.most(), arrived, cpu * 1e6 / arrived);
        return result;
    }

    /** Milliseconds. */
    private double at(double part) {
        return micros[(int) Math.round(part * (micros.length - 1))] / 1000.0;
    }

    /** Events in an even pace; returns when all sockets have them. */
    private void publish(Publisher publisher, List<Tenant> all, Swarm swarm, int howLong)
            throws IOException, InterruptedException {
        int events = rate * howLong;
        long target = swarm.events() + (long) events * each;
        long began = System.nanoTime();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < events; i++) {
                long due = began + i * 1_000_000_000L / rate;
                LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
                long tenant = all.get(i % all.size()).id();
                var ignored = executor.submit(() -> publisher.append(tenant, 1));
            }
        }
        while (swarm.events() < target) {
            swarm.check();
            Thread.sleep(10);
        }
    }
}
