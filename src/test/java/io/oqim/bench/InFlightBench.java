package io.oqim.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Many payments at once against a bank that takes its time: memory, threads, and whether each is
 * answered. Called by bench/in-flight.
 */
public final class InFlightBench {
    private static final String ALL = "oqim,oqim-2000,vertx,spring,aiohttp";

    /** Room for all of them, and time for a machine that has to begin them all at once. */
    private static final Map<String, String> SETTINGS =
            Map.ofEntries(
                    Map.entry("server.max-in-flight", "10000"),
                    Map.entry("server.max-connections", "12000"),
                    Map.entry("server.max-delay", "30s"),
                    Map.entry("server.request-deadline", "50s"),
                    Map.entry("banks.alpha.max-concurrent", "10000"),
                    Map.entry("banks.deadline", "20s"),
                    Map.entry("banks.send-window", "20s"),
                    Map.entry("banks.idle-connections", "10000"),
                    Map.entry("resolver.lease", "60s"),
                    Map.entry("journal.commit-wait", "20s"),
                    Map.entry("risk.deadline", "10s"));

    private final Options options;

    private InFlightBench(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        new InFlightBench(Options.parse(List.of(arguments)).with("sale", "2000")).run();
    }

    private void run() throws Exception {
        try (Arena arena = new Arena(options, SETTINGS)) {
            StreamBench.print(
                    "%-10s %9s %9s %9s %9s %9s   %s",
                    "", "in flight", "wall ms", "p50 ms", "MiB", "threads", "answers");
            for (String name : options.text("peers", ALL).split(",", -1)) {
                try (Served server = arena.start(name)) {
                    String seconds = "seconds=" + options.number("warmup", 30);
                    var ignored = arena.load(server, seconds, "connections=1000");
                    for (String count :
                            options.text("counts", "100,1000,4000,8000").split(",", -1)) {
                        burst(arena, server, count);
                    }
                } catch (IOException e) {
                    StreamBench.print("%-10s %s", name, e.getMessage());
                }
            }
        }
    }

    private static void burst(Arena arena, Served server, String count)
            throws IOException, InterruptedException {
        Most most = new Most(server);
        Thread watching = Thread.ofPlatform().daemon().start(most);
        Map<String, String> result =
                arena.load(server, "burst=1", "seconds=60", "connections=" + count);
        most.over.countDown();
        watching.join();
        StreamBench.print(
                "%-10s %9s %9d %9d %9d %9d   %s",
                server.name(),
                count,
                Long.parseLong(result.get("max")) / 1000,
                Long.parseLong(result.get("p50")) / 1000,
                most.rssKib / 1024,
                most.threads,
                result.get("statuses"));
    }

    /** Looks at a process ten times a second. */
    private static final class Most implements Runnable {
        private final Served server;
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile long rssKib;
        private volatile long threads;

        Most(Served server) {
            this.server = server;
        }

        @Override
        public void run() {
            try {
                do {
                    rssKib = Math.max(rssKib, server.rssKib());
                    threads = Math.max(threads, server.threads());
                } while (!over.await(100, TimeUnit.MILLISECONDS));
            } catch (IOException e) {
                StreamBench.print("%s cannot be looked at: %s", server.name(), e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
