package io.oqim.chaos;

import io.oqim.store.Database;
import io.oqim.store.TypeId;
import io.oqim.testing.Soon;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What must be true when all is quiet again; collects what is not. */
final class Verdict {
    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(3);
    private static final int REPLAYS = 500;
    private static final int SHOWN = 20;

    private final Fleet fleet;
    private final Shops shops;
    private final List<String> wrong = new ArrayList<>();

    Verdict(Fleet fleet, Shops shops) {
        this.fleet = fleet;
        this.shops = shops;
    }

    /** Everything that is wrong; empty when all is well. Blocks until all is settled. */
    List<String> all(Map<Follower, String> followers) throws IOException, InterruptedException {
        shops.problems().forEach(this::wrong);
        settled();
        try (Database database = fleet.database()) {
            promisesAreKept(database);
            theBankHasTheSameSums(database);
            logsHaveNoGap(database);
            followers.forEach((follower, key) -> complete(database, follower, key));
        }
        answersAreReplayed();
        fleet.audit().forEach(line -> wrong("audit: " + line));
        return wrong.size() > SHOWN ? wrong.subList(0, SHOWN) : wrong;
    }

    private void wrong(String what) {
        wrong.add(what.length() > 400 ? what.substring(0, 400) : what);
    }

    private void settled() {
        try {
            Soon.until(
                    SETTLED_WITHIN,
                    "every attempt is decided",
                    () ->
                            fleet.ask(
                                            "SELECT count(*) FROM attempt WHERE next_check_at IS NOT NULL")
                                    .equals("0"));
        } catch (AssertionError e) {
            wrong(String.valueOf(e.getMessage()));
        }
        String kept =
                fleet.ask(
                        "SELECT count(*) FROM payment WHERE in_doubt_since IS NOT NULL OR pending_capture"
                                + " + pending_void + pending_refund + pending_increase > 0");
        if (!kept.equals("0")) {
            wrong(kept + " payments still keep something");
        }
    }

    /** Every payment that was answered is there, at least as far as it then was. */
    private void promisesAreKept(Database database) {
        Map<UUID, Long> versions = new HashMap<>();
        database.query(
                        "SELECT payment, version FROM payment",
                        row -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
                .forEach(row -> versions.put(row.getKey(), row.getValue()));
        for (Shops.Answered promise : shops.answered().values()) {
            JsonObject answer = promise.json();
            JsonObject payment =
                    answer.containsKey("operation") ? answer.getJsonObject("payment") : answer;
            UUID id = TypeId.parse("pay", payment.getString("id")).orElseThrow();
            Long version = versions.get(id);
            if (version == null || version < payment.getInt("version")) {
                wrong("promised, and now at version " + version + ": " + promise.answer());
            }
        }
    }

    /**
     * What the bank took and kept is what is captured and not refunded, payment by payment: nothing
     * was taken twice.
     */
    private void theBankHasTheSameSums(Database database) throws IOException, InterruptedException {
        Map<String, Long> byReference = new HashMap<>();
        Map<String, String> origin = new HashMap<>();
        for (JsonObject row : journal()) {
            long amount = row.getJsonNumber("amount").longValue();
            long moved =
                    switch (row.getString("effect")) {
                        case "debit" -> amount;
                        case "credit" -> -amount;
                        default -> 0;
                    };
            String payment = row.getString("payment", "");
            origin.putIfAbsent(payment, row.getString("reference"));
            if (moved != 0) {
                byReference.merge(payment, moved, Long::sum);
            }
        }
        Map<String, Long> atBank = new HashMap<>();
        byReference.forEach(
                (payment, sum) -> atBank.merge(origin.getOrDefault(payment, ""), sum, Long::sum));
        Map<UUID, Long> taken = new HashMap<>();
        database.query(
                        "SELECT payment, reference FROM attempt",
                        row -> Map.entry(row.getObject(1, UUID.class), row.getString(2)))
                .forEach(
                        row ->
                                taken.merge(
                                        row.getKey(),
                                        atBank.getOrDefault(row.getValue(), 0L),
                                        Long::sum));
        database.query(
                        "SELECT payment, captured - refunded FROM payment",
                        row -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
                .forEach(
                        row -> {
                            long bank = taken.getOrDefault(row.getKey(), 0L);
                            if (bank != row.getValue()) {
                                wrong(
                                        "payment %s: %d captured and not refunded, the bank kept %d"
                                                .formatted(row.getKey(), row.getValue(), bank));
                            }
                        });
    }

    private List<JsonObject> journal() throws IOException, InterruptedException {
        List<JsonObject> rows = new ArrayList<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            boolean more = true;
            while (more) {
                long after = rows.isEmpty() ? 0 : rows.getLast().getJsonNumber("seq").longValue();
                String url =
                        "http://127.0.0.1:%d/journal?limit=10000&after=%d"
                                .formatted(fleet.bank().port(), after);
                String page =
                        http.send(
                                        HttpRequest.newBuilder(URI.create(url)).build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .body();
                try (var reader = Json.createReader(new StringReader(page))) {
                    JsonObject read = reader.readObject();
                    read.getJsonArray("data").forEach(row -> rows.add(row.asJsonObject()));
                    more = read.getBoolean("has_more");
                }
            }
        }
        return rows;
    }

    private void logsHaveNoGap(Database database) {
        database
                .query(
                        """
                        SELECT e.tenant, count(*), min(e.seq), max(e.seq), max(h.seq)
                        FROM event e JOIN tenant_head h USING (tenant) GROUP BY e.tenant""",
                        row ->
                                row.getLong(2) == row.getLong(4)
                                                && row.getLong(3) == 1
                                                && row.getLong(4) == row.getLong(5)
                                        ? ""
                                        : "the log of tenant " + row.getLong(1) + " has a gap")
                .stream()
                .filter(line -> !line.isEmpty())
                .forEach(this::wrong);
    }

    private void complete(Database database, Follower follower, String key) {
        long head =
                database.first(
                                """
                                SELECT h.seq FROM tenant_head h JOIN api_key k USING (tenant)
                                WHERE k.secret_hash = sha256(convert_to(?, 'UTF8'))""",
                                row -> row.getLong(1),
                                key)
                        .orElseThrow();
        try {
            Soon.until(Duration.ofMinutes(1), "a stream is complete", () -> follower.seq() == head);
        } catch (AssertionError e) {
            wrong("a stream ends at " + follower.seq() + " of " + head);
        }
    }

    /**
     * Byte for byte. An answer that it is under way may be too old to be kept under its key: while
     * nothing could be written.
     */
    private void answersAreReplayed() throws IOException, InterruptedException {
        Node gateway = fleet.gateways().getFirst();
        List<String> keys = shops.answered().keySet().stream().limit(REPLAYS).toList();
        for (String key : keys) {
            Shops.Answered before = shops.answered().get(key);
            String again = shops.again(key, gateway);
            if (before.status() == 201 && !again.equals(before.answer())) {
                wrong("answered " + before.answer() + ", then " + again);
            }
        }
    }
}
