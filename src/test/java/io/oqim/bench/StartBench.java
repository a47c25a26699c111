package io.oqim.bench;

import io.oqim.dev.LocalRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * How long the gateway takes from the start of its process until it is ready, from its jar, with
 * the cache of a training run and without. Called by bench/start.
 */
public final class StartBench {
    private static final Path CACHE = Path.of("target", "oqim.aot");
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final String JVM = "-XX:+UseSerialGC -Xmx512m";

    private final Options options;
    private final HttpClient http = HttpClient.newHttpClient();

    private StartBench(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        new StartBench(Options.parse(List.of(arguments))).run();
    }

    private void run() throws Exception {
        try (Arena arena = new Arena(options, Map.of())) {
            Files.deleteIfExists(CACHE);
            train(arena);
            List<String> plain = options.jvm(JVM);
            List<String> cached = with(plain, "-XX:AOTCache=" + CACHE);
            List<Double> without = new ArrayList<>();
            List<Double> withCache = new ArrayList<>();
            for (int i = 0; i < options.number("rounds", 5); i++) {
                without.add(start(arena, plain));
                withCache.add(start(arena, cached));
            }
            StreamBench.print("ready after, from the jar:    %s", seconds(without));
            StreamBench.print("with the cache (%3d MiB):     %s", mib(CACHE), seconds(withCache));
        }
    }

    /** Pays for a while, so that the cache holds what payments need, and ends as it ought to. */
    private void train(Arena arena) throws Exception {
        List<String> jvm = with(options.jvm(JVM), "-XX:AOTCacheOutput=" + CACHE);
        int management = LocalRedis.freePort();
        try (Served server = arena.stand().gatewayFromJar(management, jvm)) {
            await(server, management);
            var ignored = arena.load(server, "seconds=" + options.number("training", 10));
        }
        if (!Files.exists(CACHE)) {
            throw new IOException("the training run left no cache; see target/bench/start.log");
        }
    }

    private double start(Arena arena, List<String> jvm) throws Exception {
        long began = System.nanoTime();
        int management = LocalRedis.freePort();
        try (Served server = arena.stand().gatewayFromJar(management, jvm)) {
            await(server, management);
            return (System.nanoTime() - began) / 1e9;
        }
    }

    private void await(Served server, int management) throws IOException, InterruptedException {
        URI health = URI.create("http://127.0.0.1:" + management + "/health/ready");
        HttpRequest ready = HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(5)).build();
        while (!isReady(ready)) {
            if (server.process().waitFor(LOOK_AGAIN)) {
                throw new IOException("the gateway has ended; see target/bench/start.log");
            }
        }
    }

    private boolean isReady(HttpRequest ready) throws InterruptedException {
        try {
            return http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> with(List<String> jvm, String option) {
        List<String> all = new ArrayList<>(jvm);
        all.add(option);
        return all;
    }

    private static long mib(Path file) throws IOException {
        return Files.size(file) >> 20;
    }

    /** Median, and the ends. */
    private static String seconds(List<Double> times) {
        double[] sorted = times.stream().mapToDouble(time -> time).sorted().toArray();
        return "%.2f s (%.2f to %.2f), of %s"
                .formatted(
                        sorted[sorted.length / 2],
                        sorted[0],
                        sorted[sorted.length - 1],
                        Arrays.toString(sorted));
    }
}
