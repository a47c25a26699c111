package io.oqim;

import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** The sandbox banks' own view: their journal and their controls. */
record Bank(String url) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** All rows of the journal. */
    List<JsonObject> journal() {
        java.util.List<JsonObject> rows = new java.util.ArrayList<>();
        long after = 0;
        while (true) {
            JsonObject page = new Api(url, "").get("/journal?limit=10000&after=" + after).json();
            page.getJsonArray("data").forEach(row -> rows.add(row.asJsonObject()));
            if (!page.getBoolean("has_more")) {
                return rows;
            }
            after = rows.getLast().getJsonNumber("seq").longValue();
        }
    }

    /** How often money was taken, less how often it was given back. */
    long debits() {
        return journal().stream().filter(row -> row.getString("effect").equals("debit")).count();
    }

    void put(String path, String body) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url + path))
                            .PUT(HttpRequest.BodyPublishers.ofString(body))
                            .header("Content-Type", "application/json")
                            .build();
            HttpResponse<String> response =
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        path + ": " + response.statusCode() + " " + response.body());
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Time from a request for money to its reply. */
    void moneyTakes(int millis) {
        put(
                "/control/latency",
                "{\"operation\":\"money\",\"distribution\":\"constant\",\"median_ms\":"
                        + millis
                        + "}");
    }

    /** What the bank did with a payment's money, over all its attempts, in order. */
    List<String> effects(Api api, String payment) {
        return rows(api, payment).stream()
                .map(row -> row.getString("effect"))
                .filter(effect -> !effect.equals("none"))
                .toList();
    }

    /** How much of a payment's money the bank moved so. */
    long moved(Api api, String payment, String effect) {
        return rows(api, payment).stream()
                .filter(row -> row.getString("effect").equals(effect))
                .mapToLong(row -> row.getJsonNumber("amount").longValue())
                .sum();
    }

    /** The bank's rows of a payment's attempts, and of what was done about their references. */
    private List<JsonObject> rows(Api api, String payment) {
        List<String> references =
                api.operations(payment).stream()
                        .flatMap(operation -> operation.getJsonArray("attempts").stream())
                        .map(attempt -> attempt.asJsonObject().getString("reference"))
                        .toList();
        return journal().stream()
                .filter(
                        row ->
                                references.stream()
                                        .anyMatch(r -> row.getString("reference").startsWith(r)))
                .toList();
    }

    /** Calls it as one who has its key. */
    JsonObject call(String path, String body) {
        return new Api(url, Rig.BANK_KEY).post(path, body, Map.of()).json();
    }

    void post(String path) {
        post(path, "");
    }

    void post(String path, String body) {
        Api.Answer answer = new Api(url, "").post(path, body, Map.of());
        if (answer.status() / 100 != 2) {
            throw new IllegalStateException(path + ": " + answer.status() + " " + answer.body());
        }
    }
}
