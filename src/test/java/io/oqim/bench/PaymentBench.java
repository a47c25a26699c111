package io.oqim.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Called by bench/run. */
public final class PaymentBench {
    private static final String ALL = "oqim,vertx,spring,aiohttp";

    private final Options options;
    private final Map<String, List<Round>> saturated = new LinkedHashMap<>();
    private final Map<String, List<Round>> steady = new LinkedHashMap<>();
    private final List<Double> floors = new ArrayList<>();

    /**
     * What one round of one server came to; times in milliseconds, CPU of the server and of
     * PostgreSQL.
     */
    private record Round(
            double rate,
            double p50,
            double p99,
            double p999,
            double cpuMillis,
            double databaseMillis,
            double walKib,
            double rssMib,
            long threads) {}

    private PaymentBench(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        new PaymentBench(Options.parse(List.of(arguments))).run();
    }

    private void run() throws Exception {
        try (Arena arena = new Arena(options, Map.of())) {
            List<Served> servers = new ArrayList<>();
            try {
                for (String name : options.text("peers", ALL).split(",", -1)) {
                    Served server = arena.start(name);
                    servers.add(server);
                    Map<String, String> ignored =
                            arena.load(server, "seconds=" + options.number("warmup", 60));
                }
                Floor floor = arena.floor();
                double pairs = floor.run(options.number("seconds", 10));
                for (int i = 0; i < options.number("rounds", 3); i++) {
                    pairs = floor(floor, arena, pairs);
                    for (Served server : servers) {
                        note("saturated", saturated, server, round(server, arena, 0));
                    }
                    for (Served server : servers) {
                        int rate = options.number("rate", 200);
                        note("steady", steady, server, round(server, arena, rate));
                    }
                }
            } finally {
                servers.forEach(Served::close);
            }
            print();
            draw();
        }
    }

    /**
     * Pairs of transactions a second, while the bank gets as many calls as payments would make.
     *
     * @param pairs as many as there were before
     */
    private double floor(Floor floor, Arena arena, double pairs) throws Exception {
        int seconds = options.number("seconds", 10);
        try (ExecutorService calling = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Map<String, String>> calls =
                    calling.submit(
                            () ->
                                    arena.load(
                                            arena.bank(),
                                            "seconds=" + seconds,
                                            "rate=" + (int) (2 * pairs)));
            double now = floor.run(seconds);
            floors.add(now);
            StreamBench.print(
                    "floor: %.0f pairs of transactions a second, beside %s calls of the bank",
                    now, calls.get().getOrDefault("rate", ""));
            return now;
        }
    }

    private static void note(
            String kind, Map<String, List<Round>> rounds, Served server, Round round) {
        rounds.computeIfAbsent(server.name(), name -> new ArrayList<>()).add(round);
        StreamBench.print("%s, %s: %s", server.name(), kind, round);
    }

    /**
     * @param rate payments a second; 0 for as many as are answered
     */
    private Round round(Served server, Arena arena, int rate)
            throws IOException, InterruptedException {
        ProcessHandle postgres = arena.stand().postgres().process();
        double cpu = server.cpuSeconds();
        double databaseCpu = Served.cpuSeconds(postgres);
        long wal = wal(arena);
        Map<String, String> result =
                arena.load(server, "seconds=" + options.number("seconds", 10), "rate=" + rate);
        double used = server.cpuSeconds() - cpu;
        double databaseUsed = Served.cpuSeconds(postgres) - databaseCpu;
        String statuses = result.getOrDefault("statuses", "");
        if (!statuses.matches("\\{201=\\d+}")) {
            StreamBench.print("%s: not only 201: %s", server.name(), statuses);
        }
        return new Round(
                number(result, "rate"),
                number(result, "p50") / 1000,
                number(result, "p99") / 1000,
                number(result, "p999") / 1000,
                used * 1000 / number(result, "answered"),
                databaseUsed * 1000 / number(result, "answered"),
                (wal(arena) - wal) / 1024.0 / number(result, "answered"),
                server.rssKib() / 1024.0,
                server.threads());
    }

    /** Bytes that PostgreSQL has written to its log so far. */
    private static long wal(Arena arena) {
        return Long.parseLong(
                arena.stand()
                        .postgres()
                        .ask("postgres", "SELECT (pg_current_wal_lsn() - '0/0')::bigint"));
    }

    private void print() {
        StreamBench.print("%nMedians of %d rounds", options.number("rounds", 3));
        StreamBench.print(
                "%-10s %10s %24s %8s %8s %8s %8s %8s %6s %8s %28s",
                "",
                "payments/s",
                "Oqim to it (min, max)",
                "p50 ms",
                "p99 ms",
                "CPU ms",
                "its DB",
                "WAL KiB",
                "MiB",
                "threads",
                "steady p50, p99, p99.9 ms");
        saturated.forEach(
                (name, all) ->
                        StreamBench.print(
                                "%-10s %10.0f %24s %8.1f %8.1f %8.2f %8.2f %8.1f %6.0f %8.0f %28s",
                                name,
                                median(all, Round::rate),
                                ratio(all.stream().map(Round::rate).toList()),
                                median(all, Round::p50),
                                median(all, Round::p99),
                                median(all, Round::cpuMillis),
                                median(all, Round::databaseMillis),
                                median(all, Round::walKib),
                                median(all, Round::rssMib),
                                median(all, Round::threads),
                                latencies(steady.getOrDefault(name, List.of()))));
        double[] sorted = floors.stream().mapToDouble(rate -> rate).sorted().toArray();
        StreamBench.print("%-10s %10.0f %24s", "floor", sorted[sorted.length / 2], ratio(floors));
    }

    private void draw() throws IOException {
        Map<String, Double> rates = medians(saturated, Round::rate);
        rates.put("PostgreSQL alone", floors.stream().sorted().toList().get(floors.size() / 2));
        new Chart("The same payment, on two cores with all that belongs to it")
                .panel("payments a second, as fast as it can", "%,.0f", rates)
                .panel("gateway CPU a payment, ms", "%.2f", medians(saturated, Round::cpuMillis))
                .panel(
                        "p99 at " + options.number("rate", 200) + " a second, ms",
                        "%.0f",
                        medians(steady, Round::p99))
                .write(Path.of(options.text("svg", "target/bench/payments.svg")));
    }

    private static Map<String, Double> medians(
            Map<String, List<Round>> rounds, ToDoubleFunction<Round> of) {
        Map<String, Double> medians = new LinkedHashMap<>();
        rounds.forEach((name, all) -> medians.put(title(name), median(all, of)));
        return medians;
    }

    private static String title(String name) {
        return switch (name) {
            case "oqim-200" -> "with 200 threads";
            case "oqim-2000" -> "with 2,000 threads";
            case "vertx" -> "Vert.x";
            case "spring" -> "Spring Boot";
            default -> name;
        };
    }

    /** Oqim's rate over theirs, round by round. */
    private String ratio(List<Double> theirs) {
        List<Round> oqim = saturated.getOrDefault("Oqim", List.of());
        if (oqim.size() != theirs.size()) {
            return "";
        }
        double[] ratios = new double[oqim.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = oqim.get(i).rate() / theirs.get(i);
        }
        Arrays.sort(ratios);
        return "%.2f (%.2f, %.2f)"
                .formatted(ratios[ratios.length / 2], ratios[0], ratios[ratios.length - 1]);
    }

    private static String latencies(List<Round> rounds) {
        return "%.1f, %.1f, %.1f"
                .formatted(
                        median(rounds, Round::p50),
                        median(rounds, Round::p99),
                        median(rounds, Round::p999));
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> of) {
        double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double number(Map<String, String> result, String name) {
        return Double.parseDouble(result.getOrDefault(name, "0"));
    }
}
