package io.oqim.bench;

import io.oqim.dev.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * What becomes of payments a second when tables are large, and when they are few tenants' or many.
 * Called by bench/growth.
 */
public final class GrowthBench {
    private static final Path HOME = Path.of("target", "bench");

    private final Options options;
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();

    private GrowthBench(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Options options = Options.parse(List.of(arguments).subList(1, arguments.length));
        switch (arguments[0]) {
            case "tables" -> new GrowthBench(options).tables();
            case "tenants" -> new GrowthBench(options.with("tenants", "10000")).tenants();
            default -> throw new IllegalArgumentException("unknown: " + arguments[0]);
        }
    }

    /** Two of Oqim, one with empty tables, one with large ones, in turns. */
    private void tables() throws Exception {
        try (Arena arena = new Arena(options, Map.of())) {
            int payments = options.number("payments", 5_000_000);
            long began = System.nanoTime();
            load(arena.stand().postgres(), payments);
            StreamBench.print(
                    "%,d payments and %,d events were loaded in %d s",
                    payments, 4L * payments, (System.nanoTime() - began) / 1_000_000_000);
            String grown = "with " + payments + " payments";
            try (Served large = arena.start("oqim");
                    Served empty = arena.start("oqim-empty")) {
                warmUp(arena, List.of(large, empty));
                for (int i = 0; i < options.number("rounds", 3); i++) {
                    measure(arena, empty, "with empty tables", arena.keys());
                    measure(arena, large, grown, arena.keys());
                }
            }
            compare("with empty tables", grown);
        }
    }

    /** One of Oqim, paid at by one tenant, by some, and by all of them. */
    private void tenants() throws Exception {
        try (Arena arena = new Arena(options, Map.of());
                Served server = arena.start("oqim")) {
            warmUp(arena, List.of(server));
            List<String> all = Files.readAllLines(arena.keys());
            Map<String, Path> crowds = new LinkedHashMap<>();
            for (int count : new int[] {100, 1, all.size()}) {
                Path file = HOME.resolve("keys-" + count + ".txt");
                Files.write(file, all.subList(0, Math.min(count, all.size())));
                crowds.put(count == 1 ? "one tenant" : count + " tenants", file);
            }
            for (int i = 0; i < options.number("rounds", 3); i++) {
                for (Map.Entry<String, Path> crowd : crowds.entrySet()) {
                    measure(arena, server, crowd.getKey(), crowd.getValue());
                }
            }
            crowds.keySet().forEach(name -> compare("100 tenants", name));
        }
    }

    private void warmUp(Arena arena, List<Served> servers)
            throws IOException, InterruptedException {
        for (Served server : servers) {
            var ignored = arena.load(server, "seconds=" + options.number("warmup", 60));
        }
    }

    private void measure(Arena arena, Served server, String name, Path keys)
            throws IOException, InterruptedException {
        Map<String, String> result =
                arena.load(
                        server,
                        "keys=" + keys,
                        "warmup=2",
                        "seconds=" + options.number("seconds", 15));
        rates.computeIfAbsent(name, n -> new ArrayList<>())
                .add(Double.parseDouble(result.get("rate")));
        StreamBench.print(
                "%-26s %6s payments a second, p50 %4d ms, p99 %4d ms   %s",
                name,
                result.get("rate"),
                Long.parseLong(result.get("p50")) / 1000,
                Long.parseLong(result.get("p99")) / 1000,
                result.get("statuses"));
    }

    private void compare(String one, String other) {
        double[] ratios = new double[rates.get(one).size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = rates.get(other).get(i) / rates.get(one).get(i);
        }
        Arrays.sort(ratios);
        StreamBench.print(
                "%s / %s: %.2f (%.2f to %.2f)",
                other, one, ratios[ratios.length / 2], ratios[0], ratios[ratios.length - 1]);
    }

    private static void load(LocalPostgres postgres, int payments)
            throws IOException, InterruptedException {
        ProcessBuilder psql =
                new ProcessBuilder(
                        "psql",
                        "-q",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-v",
                        "payments=" + payments,
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(postgres.port()),
                        "-U",
                        "postgres",
                        "-d",
                        "bench",
                        "-f",
                        "bench/grown.sql");
        psql.environment().put("PGPASSWORD", LocalPostgres.PASSWORD);
        if (psql.inheritIO().start().waitFor() != 0) {
            throw new IOException("the tables were not filled");
        }
    }
}
