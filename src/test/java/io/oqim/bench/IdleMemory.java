package io.oqim.bench;

import io.oqim.bench.Stand.Tenant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Resident memory of a socket that only waits, before anything came by it and after. */
final class IdleMemory {
    private static final int WARM = 200;

    private final Options options;
    private final int sockets;
    private final int tenants;
    private final int events;

    /** Seconds before memory is looked at: more than a heartbeat, as most sockets are older. */
    private final int settle;

    IdleMemory(Options options) {
        this.options = options;
        sockets = options.number("sockets", 10_000);
        tenants = options.number("tenants", 100);
        events = options.number("events", 20);
        settle = options.number("settle", 40);
    }

    /** KiB a socket. */
    private record Result(double idle, double afterTraffic) {}

    /** Something that frees what it does not need, so that only what it needs is measured. */
    @FunctionalInterface
    private interface Collector {
        void collect() throws IOException, InterruptedException;
    }

    void run() throws IOException, InterruptedException {
        StreamBench.print("idle: %d sockets of %d tenants", sockets, tenants);
        Result oqim = oqim();
        if (options.has("alone")) {
            return;
        }
        for (String name : options.text("peers", "node,python").split(",", -1)) {
            Result other = other(name);
            StreamBench.print(
                    "idle: Oqim / %s: %.2f idle, %.2f after traffic",
                    name, oqim.idle() / other.idle(), oqim.afterTraffic() / other.afterTraffic());
        }
    }

    private Result oqim() throws IOException, InterruptedException {
        Map<String, String> settings =
                Map.of(
                        "stream.max-connections", Integer.toString(sockets + WARM),
                        "stream.max-connections-per-tenant",
                                Integer.toString(sockets / tenants + WARM),
                        "server.max-connections", Integer.toString(sockets + 2 * WARM));
        try (Stand stand = new Stand(settings);
                Publisher publisher = new Publisher(stand.config(), places -> {});
                Served oqim = stand.oqim("stream", options.jvm())) {
            List<Tenant> all = stand.tenants(tenants);
            Collector collector = () -> collect(oqim);
            try (Swarm swarm = new Swarm(Swarm.Arrivals.NOBODY)) {
                swarm.open(targets(oqim, all, WARM, 0));
                all.forEach(tenant -> publisher.append(tenant.id(), 5));
                await(swarm, WARM * 5L);
            }
            long before = rss(oqim, collector);
            histogram(oqim, "before");
            try (Swarm swarm = new Swarm(Swarm.Arrivals.NOBODY)) {
                swarm.open(targets(oqim, all, sockets, 5));
                long idle = rss(oqim, collector);
                histogram(oqim, "idle");
                all.forEach(tenant -> publisher.append(tenant.id(), events));
                await(swarm, (long) sockets * events);
                long after = rss(oqim, collector);
                histogram(oqim, "traffic");
                swarm.check();
                return result(oqim, before, idle, after);
            }
        }
    }

    private static List<Swarm.Target> targets(Served oqim, List<Tenant> all, int count, long head) {
        List<Swarm.Target> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            targets.add(Stand.target(oqim, all.get(i % all.size()), i % all.size(), head));
        }
        return targets;
    }

    private Result other(String name) throws IOException, InterruptedException {
        // As long as a small event, and told apart as one by its beginning.
        byte[] message =
                ("{\"type\":\"event\",\"prev\":1,\"event\":\"" + "x".repeat(420) + "\"}")
                        .getBytes(StandardCharsets.US_ASCII);
        try (OtherStreams other = OtherStreams.start(name)) {
            try (Swarm swarm = new Swarm(Swarm.Arrivals.NOBODY)) {
                swarm.open(Collections.nCopies(WARM, other.target()));
                other.broadcast("turns=5", message);
                await(swarm, WARM * 5L);
            }
            long before = rss(other.served(), other::collect);
            try (Swarm swarm = new Swarm(Swarm.Arrivals.NOBODY)) {
                swarm.open(Collections.nCopies(sockets, other.target()));
                long idle = rss(other.served(), other::collect);
                other.broadcast("turns=" + events, message);
                await(swarm, (long) sockets * events);
                long after = rss(other.served(), other::collect);
                swarm.check();
                return result(other.served(), before, idle, after);
            }
        }
    }

    private Result result(Served served, long before, long idle, long after) {
        Result result =
                new Result((double) (idle - before) / sockets, (double) (after - before) / sockets);
        StreamBench.print(
                "idle: %-8s %6.1f MiB warm without sockets; a socket: %5.1f KiB idle,"
                        + " %5.1f KiB after %d events",
                served.name(), before / 1024.0, result.idle(), result.afterTraffic(), events);
        return result;
    }

    private static void await(Swarm swarm, long events) throws IOException, InterruptedException {
        while (swarm.events() < events) {
            swarm.check();
            Thread.sleep(20);
        }
    }

    private static void collect(Served oqim) throws IOException, InterruptedException {
        oqim.jcmd(ProcessBuilder.Redirect.DISCARD, "GC.run");
    }

    /** Twice: what the first collection finishes, the second one frees. */
    private long rss(Served served, Collector collector) throws IOException, InterruptedException {
        Thread.sleep(1000L * settle);
        collector.collect();
        Thread.sleep(500);
        collector.collect();
        Thread.sleep(500);
        return served.rssKib();
    }

    private void histogram(Served oqim, String when) throws IOException, InterruptedException {
        if (options.has("histogram")) {
            Path file = Path.of("target", "bench", "histogram-" + when + ".txt");
            oqim.jcmd(ProcessBuilder.Redirect.to(file.toFile()), "GC.class_histogram");
        }
    }
}
