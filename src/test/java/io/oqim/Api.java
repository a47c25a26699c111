package io.oqim;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Oqim's API as a merchant calls it. */
record Api(String url, String key) {
    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();

    static final String CARD = "4242424242424242";

    /** An answer. */
    record Answer(int status, Map<String, java.util.List<String>> headers, String body) {
        JsonObject json() {
            try (var reader = Json.createReader(new StringReader(body))) {
                return reader.readObject();
            } catch (RuntimeException e) {
                throw new AssertionError("not a JSON object, status " + status + ": " + body, e);
            }
        }

        Optional<String> header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().getFirst())
                    .findFirst();
        }

        String text(String name) {
            return json().getString(name);
        }

        String code() {
            return json().getString("code", "");
        }
    }

    static String payment(long amount) {
        return payment(amount, CARD, "");
    }

    /**
     * @param more further fields, each with a comma in front
     */
    static String payment(long amount, String card, String more) {
        return "{\"amount\":%d,\"currency\":\"UZS\",\"payment_method\":{\"type\":\"card\",\"card\":{\"number\":\"%s\",\"exp_month\":12,\"exp_year\":2030,\"cvc\":\"123\"}}%s}"
                .formatted(amount, card, more);
    }

    static String byBankToken(long amount, String bank, String token) {
        return "{\"amount\":%d,\"currency\":\"UZS\",\"payment_method\":{\"type\":\"bank_token\",\"bank\":\"%s\",\"token\":\"%s\"}}"
                .formatted(amount, bank, token);
    }

    Answer pay(long amount) {
        return pay(UUID.randomUUID().toString(), payment(amount));
    }

    Answer pay(String idempotencyKey, String body) {
        return post("/v1/payments", body, Map.of("Idempotency-Key", idempotencyKey));
    }

    Answer post(String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request =
                builder(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::setHeader);
        Answer answer = send(request);
        Contract.checkRequest("post", path, body, answer);
        return answer;
    }

    /** Sends a file. */
    Answer upload(String path, byte[] file, Map<String, String> headers) {
        HttpRequest.Builder request =
                builder(path).POST(HttpRequest.BodyPublishers.ofByteArray(file));
        headers.forEach(request::setHeader);
        return send(request);
    }

    Answer put(String path, String body) {
        Answer answer =
                send(
                        builder(path)
                                .header("Content-Type", "application/json")
                                .PUT(HttpRequest.BodyPublishers.ofString(body)));
        Contract.checkRequest("put", path, body, answer);
        return answer;
    }

    Answer patch(String path, String body) {
        Answer answer =
                send(
                        builder(path)
                                .header("Content-Type", "application/json")
                                .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
        Contract.checkRequest("patch", path, body, answer);
        return answer;
    }

    Answer get(String path, Map<String, String> headers) {
        HttpRequest.Builder request = builder(path).GET();
        headers.forEach(request::setHeader);
        return send(request);
    }

    Answer get(String path) {
        return send(builder(path).GET());
    }

    /** The types of a payment's events, in order. */
    List<String> eventTypes(String payment) {
        List<String> types = new ArrayList<>();
        long after = 0;
        while (true) {
            JsonObject page = get("/v1/events?limit=100&after=" + after).json();
            for (var value : page.getJsonArray("data")) {
                JsonObject event = value.asJsonObject();
                after = event.getJsonNumber("seq").longValue();
                if (event.getString("payment").equals(payment)) {
                    types.add(event.getString("type"));
                }
            }
            if (!page.getBoolean("has_more")) {
                return types;
            }
        }
    }

    /** All operations of a payment, with their attempts. */
    List<JsonObject> operations(String payment) {
        List<JsonObject> all = new ArrayList<>();
        String after = "";
        while (true) {
            JsonObject page =
                    get("/v1/payments/" + payment + "/operations?limit=100" + after).json();
            page.getJsonArray("data").forEach(value -> all.add(value.asJsonObject()));
            if (!page.getBoolean("has_more")) {
                return all;
            }
            after = "&after=" + page.getString("next_after");
        }
    }

    /** The sum of a metric over its tags; the management port's. */
    double metric(String name) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    Answer delete(String path) {
        return send(builder(path).DELETE());
    }

    Answer send(String method, String path) {
        return send(builder(path).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private HttpRequest.Builder builder(String path) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(70));
        return key.isEmpty() ? builder : builder.header("Authorization", "Bearer " + key);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            HttpRequest built = request.build();
            HttpResponse<String> response = HTTP.send(built, HttpResponse.BodyHandlers.ofString());
            Answer answer =
                    new Answer(response.statusCode(), response.headers().map(), response.body());
            Contract.check(built.method(), built.uri().getPath(), answer);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
