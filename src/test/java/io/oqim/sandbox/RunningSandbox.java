package io.oqim.sandbox;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonStructure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A sandbox on a free port, without latency, and a caller that knows its key. */
final class RunningSandbox implements AutoCloseable {
    static final String KEY = "bank-key-of-the-tests";
    static final String VISA = "4242424242424242";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long POLL_NANOS = 2_000_000;

    private final Sandbox sandbox;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** An answer of the sandbox. */
    record Reply(int status, JsonObject body) {
        String text(String name) {
            return body.getString(name);
        }

        String code() {
            return text("code");
        }
    }

    private RunningSandbox(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    static RunningSandbox at(Path books) {
        return with(options(books));
    }

    static RunningSandbox with(SandboxOptions options) {
        return new RunningSandbox(Sandbox.start(options));
    }

    static SandboxOptions options(Path books) {
        return new SandboxOptions(
                "127.0.0.1",
                0,
                books,
                KEY,
                List.of("alpha", "beta"),
                7,
                Duration.ZERO,
                Duration.ZERO);
    }

    int port() {
        return sandbox.port();
    }

    static JsonObjectBuilder payment(String reference, long amount) {
        return payment(reference, amount, VISA);
    }

    static JsonObjectBuilder payment(String reference, long amount, String number) {
        return Json.createObjectBuilder()
                .add("reference", reference)
                .add("amount", amount)
                .add("currency", "UZS")
                .add("capture", true)
                .add(
                        "card",
                        Json.createObjectBuilder()
                                .add("number", number)
                                .add("exp_month", 12)
                                .add("exp_year", 2030)
                                .add("cvc", "987"));
    }

    static JsonObjectBuilder order(String reference, long amount) {
        return Json.createObjectBuilder()
                .add("reference", reference)
                .add("amount", amount)
                .add("currency", "UZS");
    }

    Reply sale(String reference, long amount) throws Exception {
        return post("/alpha/v1/payments", payment(reference, amount).build());
    }

    Reply sale(String reference, long amount, String number) throws Exception {
        return post("/alpha/v1/payments", payment(reference, amount, number).build());
    }

    Reply authorize(String reference, long amount) throws Exception {
        return post("/alpha/v1/payments", payment(reference, amount).add("capture", false).build());
    }

    /** Calls {@code what} (captures, refunds, adjustments) on a payment. */
    Reply later(Reply payment, String what, JsonObjectBuilder order) throws Exception {
        String path = "/alpha/v1/payments/" + payment.text("bank_reference") + "/" + what;
        return post(path, order.build());
    }

    Reply voidReference(String target, String reference) throws Exception {
        JsonObject body = Json.createObjectBuilder().add("reference", reference).build();
        return post("/alpha/v1/references/" + target + "/void", body);
    }

    Reply enquire(String reference) throws Exception {
        return get("/alpha/v1/references/" + reference);
    }

    List<JsonObject> journal(String query) throws Exception {
        return get("/journal" + query).body().getJsonArray("data").getValuesAs(JsonObject.class);
    }

    Reply control(String method, String path, JsonStructure body) throws Exception {
        return json(send(method, "/control" + path, body.toString()));
    }

    void times(String name, long millis) throws Exception {
        control("PUT", "/suffix-times", Json.createObjectBuilder().add(name, millis).build());
    }

    Reply post(String path, JsonObject body) throws Exception {
        return checked("POST", path, body.toString());
    }

    Reply get(String path) throws Exception {
        return checked("GET", path, "");
    }

    private Reply checked(String method, String path, String body) throws Exception {
        HttpResponse<String> response = send(method, path, body);
        ProtocolDocument.check(method, path, response.statusCode(), response.body());
        return json(response);
    }

    HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return send(request(method, path, body).header("Authorization", "Bearer " + KEY).build());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    static Reply json(HttpResponse<String> response) {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        return new Reply(response.statusCode(), JsonText.parse(body).orElseThrow().asJsonObject());
    }

    /** Waits for something to become true. */
    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it did not become true within " + PATIENCE);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Waits until so many requests are with the banks. */
    void untilRequests(int count) {
        until(
                () -> {
                    try {
                        return get("/health").body().getInt("requests") == count;
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    /** Waits until a reference stands as wanted. */
    Reply untilStatus(String reference, String status) throws Exception {
        Reply[] last = new Reply[1];
        until(
                () -> {
                    try {
                        last[0] = enquire(reference);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return last[0].status() == 200 && last[0].text("status").equals(status);
                });
        return last[0];
    }

    @Override
    public void close() {
        sandbox.close();
        client.shutdownNow();
    }
}
