package io.oqim.bench;

import io.oqim.bench.Stand.Tenant;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Messages a second to many sockets that all get the same, and what one costs the server. */
final class Push {
    /** Events that the slowest may be behind: within Oqim's window, so that memory serves all. */
    private static final int AHEAD_MOST = 200;

    private final Options options;
    private final int sockets;
    private final int seconds;
    private final int warmup;
    private final int burst;
    private final int rate;

    Push(Options options) {
        this.options = options;
        sockets = options.number("sockets", 2_000);
        seconds = options.number("seconds", 10);
        warmup = options.number("warmup", 8);
        burst = options.number("burst", 20);
        rate = options.number("rate", 0);
    }

    private record Result(double messagesASecond, double cpuMicros) {}

    void run() throws IOException, InterruptedException {
        StreamBench.print(
                "push: %d sockets of one tenant, %d s, commits of %d events",
                sockets, seconds, burst);
        byte[][] sample = new byte[1][];
        Result oqim = oqim(sample);
        StreamBench.print("push: a message has %d bytes", sample[0].length);
        if (options.has("alone")) {
            return;
        }
        for (String name : options.text("peers", "node,python").split(",", -1)) {
            compare(oqim, other(name, sample[0], false), name);
            if (burst > 1 && name.equals("node")) {
                compare(oqim, other(name, sample[0], true), "node with corked bursts");
            }
        }
    }

    private static void compare(Result oqim, Result other, String name) {
        StreamBench.print(
                "push: Oqim / %s: %.2f messages a second, %.2f CPU a message",
                name,
                oqim.messagesASecond() / other.messagesASecond(),
                oqim.cpuMicros() / other.cpuMicros());
    }

    private Result oqim(byte[][] sample) throws IOException, InterruptedException {
        Map<String, String> settings =
                Map.of("stream.max-connections-per-tenant", Integer.toString(sockets));
        try (Stand stand = new Stand(settings);
                Publisher publisher = new Publisher(stand.config(), places -> {});
                Served oqim = stand.oqim("stream", options.jvm());
                Swarm swarm = new Swarm(Swarm.Arrivals.NOBODY)) {
            Tenant tenant = stand.tenants(1).getFirst();
            swarm.open(Collections.nCopies(sockets, Stand.target(oqim, tenant, 0, 0)));
            Pump pump = new Pump(publisher, tenant, swarm);
            Thread pumping = Thread.ofPlatform().name("pump").daemon().start(pump);
            Result result = measure(oqim, swarm);
            pump.running = false;
            pumping.join();
            long end = System.nanoTime() + 10_000_000_000L;
            while (swarm.events() < pump.published * sockets && System.nanoTime() < end) {
                swarm.check();
                Thread.sleep(20);
            }
            swarm.check();
            long[] spread = swarm.spread();
            if (spread[0] != pump.published || spread[1] != pump.published) {
                throw new IOException(
                        "%d events were written; sockets got %d to %d"
                                .formatted(pump.published, spread[0], spread[1]));
            }
            StreamBench.print(
                    "push: all %d sockets got all %d events, none was closed",
                    sockets, pump.published);
            sample[0] = swarm.sample();
            return result;
        }
    }

    private Result other(String name, byte[] sample, boolean cork)
            throws IOException, InterruptedException {
        try (OtherStreams other = OtherStreams.start(name);
                Swarm swarm = new Swarm(Swarm.Arrivals.NOBODY)) {
            swarm.open(Collections.nCopies(sockets, other.target()));
            String how =
                    "seconds=%d&burst=%d&rate=%d&cork=%b"
                            .formatted(warmup + seconds + 2, burst, rate, cork);
            other.broadcast(how, sample);
            Result result = measure(other.served(), swarm);
            swarm.check();
            return result;
        }
    }

    private Result measure(Served served, Swarm swarm) throws IOException, InterruptedException {
        Thread.sleep(1000L * warmup);
        long began = System.nanoTime();
        long before = swarm.events();
        double cpuBefore = served.cpuSeconds();
        Thread.sleep(1000L * seconds);
        double cpu = served.cpuSeconds() - cpuBefore;
        long events = swarm.events() - before;
        double took = (System.nanoTime() - began) / 1e9;
        Result result = new Result(events / took, cpu * 1e6 / events);
        StreamBench.print(
                "push: %-8s %,10.0f messages a second, %5.2f CPU us a message, %3.0f %% of a core",
                served.name(), result.messagesASecond(), result.cpuMicros(), 100 * cpu / took);
        return result;
    }

    /** Writes events, as fast as the sockets get them. */
    private final class Pump implements Runnable {
        private final Publisher publisher;
        private final Tenant tenant;
        private final Swarm swarm;
        private volatile boolean running = true;

        /** To be read when it has ended. */
        private long published;

        Pump(Publisher publisher, Tenant tenant, Swarm swarm) {
            this.publisher = publisher;
            this.tenant = tenant;
            this.swarm = swarm;
        }

        @Override
        public void run() {
            long began = System.nanoTime();
            while (running) {
                long due = (long) ((System.nanoTime() - began) / 1e9 * rate);
                boolean early = rate > 0 && published + burst > due;
                if (early || published + burst - swarm.events() / sockets > AHEAD_MOST) {
                    LockSupport.parkNanos(200_000);
                } else {
                    publisher.append(tenant.id(), burst);
                    published += burst;
                }
            }
        }
    }
}
