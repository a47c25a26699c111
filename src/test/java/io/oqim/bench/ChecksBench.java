package io.oqim.bench;

import io.oqim.store.Database;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * How much longer a payment takes because of its checks: how long after its first commit the last
 * of them ends, by its own trace. Called by bench/checks.
 */
public final class ChecksBench {
    /** The bank's own check is the bank's time. */
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "risk.bank-check", "false",
                    "risk.lists-trust", "100ms",
                    "risk.velocity-per-customer", "1000000",
                    "risk.velocity-per-ip", "1000000",
                    "risk.velocity-per-bin", "1000000",
                    "risk.velocity-per-tenant", "1000000");

    private static final List<String> CHECKS = List.of("lists", "velocity", "rules");

    private final Options options;
    private final HttpClient http = HttpClient.newHttpClient();

    private ChecksBench(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        new ChecksBench(Options.parse(List.of(arguments)).with("tenants", "20")).run();
    }

    private void run() throws Exception {
        try (Arena arena = new Arena(options, SETTINGS);
                Served server = arena.start("oqim");
                Database database = new Database(arena.stand().config().database(), 1)) {
            var ignored =
                    arena.load(server, "seconds=" + options.number("warmup", 30), "customers=1");
            StreamBench.print("%-44s %8s %8s %8s", "microseconds", "p50", "p99", "p99.9");
            measure(arena, server, database, "five limits");
            for (String key : Files.readAllLines(arena.keys())) {
                judge(server, key);
            }
            // Until each process has seen it.
            LockSupport.parkNanos(1_000_000_000);
            measure(
                    arena,
                    server,
                    database,
                    "the same, and of each merchant 50 entries and 20 rules");
        }
    }

    private void measure(Arena arena, Served server, Database database, String what)
            throws IOException, InterruptedException {
        OffsetDateTime from = now(database);
        Map<String, String> load =
                arena.load(
                        server,
                        "customers=1",
                        "rate=" + options.number("rate", 200),
                        "seconds=" + options.number("seconds", 20));
        Map<String, Histogram> times = new LinkedHashMap<>();
        for (String name : List.of("commit_1", "lists", "velocity", "rules", "added")) {
            times.put(name, new Histogram(60_000_000L, 3));
        }
        database.query(
                        "SELECT t.legs FROM trace t JOIN payment p USING (tenant, payment) WHERE p.created_at > ?",
                        row -> new String(row.getBytes(1), StandardCharsets.UTF_8),
                        from)
                .forEach(trace -> record(trace, times));
        StreamBench.print("%s; %s paid", what, load.get("statuses"));
        times.forEach(
                (name, histogram) ->
                        StreamBench.print(
                                "  %-42s %8d %8d %8d",
                                name.equals("added") ? "added after the first commit" : name,
                                histogram.getValueAtPercentile(50),
                                histogram.getValueAtPercentile(99),
                                histogram.getValueAtPercentile(99.9)));
        StreamBench.print(
                "  added to the first commit, p99 to p99: %.3f",
                (double) times.get("added").getValueAtPercentile(99)
                        / times.get("commit_1").getValueAtPercentile(99));
    }

    private static OffsetDateTime now(Database database) {
        return database.first("SELECT now()", row -> row.getObject(1, OffsetDateTime.class))
                .orElseThrow();
    }

    private static void record(String trace, Map<String, Histogram> times) {
        long committed = 0;
        long checked = 0;
        JsonObject object;
        try (var reader = Json.createReader(new StringReader(trace))) {
            object = reader.readObject();
        }
        for (var value : object.getJsonArray("legs")) {
            JsonObject leg = value.asJsonObject();
            long end = leg.getJsonNumber("end_micros").longValue();
            String name = leg.getString("name");
            if (times.containsKey(name)) {
                times.get(name).recordValue(end - leg.getJsonNumber("start_micros").longValue());
            }
            committed = name.equals("commit_1") ? end : committed;
            checked = CHECKS.contains(name) ? Math.max(checked, end) : checked;
        }
        times.get("added").recordValue(Math.max(0, checked - committed));
    }

    /** Entries that nothing is on, and rules that nearly hold. */
    private void judge(Served server, String key) throws IOException, InterruptedException {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            rules.append(i == 0 ? "" : ",")
                    .append("{\"name\":\"r-")
                    .append(i)
                    .append(
                            "\",\"when\":{\"amount\":{\"gt\":1},\"country\":{\"in\":[\"UZ\"]},\"customer_count\":{\"gt\":1000000},")
                    .append("\"ip\":{\"not_in\":[\"192.0.2.0/24\"]}},\"then\":\"block\"}");
        }
        send(server, key, "PUT", "/v1/risk/rules", "{\"rules\":[" + rules + "]}");
        for (int i = 0; i < 50; i++) {
            String value = i % 2 == 0 ? "203.0.113." + i : Integer.toString(500_000 + i);
            send(
                    server,
                    key,
                    "POST",
                    "/v1/blocklist",
                    "{\"kind\":\"%s\",\"value\":\"%s\"}"
                            .formatted(i % 2 == 0 ? "ip" : "bin", value));
        }
    }

    private void send(Served server, String key, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(answer.statusCode() + ": " + answer.body());
        }
    }
}
