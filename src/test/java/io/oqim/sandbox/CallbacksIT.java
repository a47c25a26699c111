package io.oqim.sandbox;

import static io.oqim.sandbox.RunningSandbox.payment;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CallbacksIT {
    @TempDir Path books;
    private RunningSandbox sandbox;
    private HttpServer shop;
    private final Queue<JsonObject> received = new ConcurrentLinkedQueue<>();
    private final Queue<Integer> statuses = new ArrayDeque<>();

    @BeforeEach
    void start() throws Exception {
        sandbox = RunningSandbox.at(books);
        sandbox.times("pending_ms", 50);
        shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.createContext("/", this::receive);
        shop.start();
    }

    @AfterEach
    void stop() {
        shop.stop(0);
        sandbox.close();
    }

    @Test
    void outcomeOfAPendingPaymentIsTold() throws Exception {
        sale("s1", 10_074);
        sale("s2", 10_075);

        RunningSandbox.until(() -> received.size() == 2);

        assertThat(received)
                .extracting(body -> body.getString("reference") + " " + body.getString("status"))
                .containsExactlyInAnyOrder("s1 approved", "s2 declined");
        assertThat(received).allMatch(body -> body.getString("bank").equals("alpha"));
    }

    @Test
    void silentPaymentIsNeverTold() throws Exception {
        sale("s1", 10_076);
        sandbox.untilStatus("s1", "approved");
        sale("s2", 10_074);

        RunningSandbox.until(() -> !received.isEmpty());

        assertThat(received).extracting(body -> body.getString("reference")).containsOnly("s2");
    }

    @Test
    void outcomeIsToldTwiceAndOutOfOrder() throws Exception {
        Reply reply = sale("s1", 10_077);

        RunningSandbox.until(() -> received.size() == 2);

        assertThat(reply.text("status")).isEqualTo("approved");
        assertThat(received)
                .extracting(body -> body.getString("status"))
                .containsExactly("approved", "pending");
    }

    @Test
    void outcomeOfAChallengeIsTold() throws Exception {
        Reply reply = sale("s1", 10_079);
        String page = reply.body().getJsonObject("action").getString("url");

        sandbox.send(
                HttpRequest.newBuilder(URI.create(page))
                        .POST(HttpRequest.BodyPublishers.ofString("result=decline"))
                        .build());

        RunningSandbox.until(() -> !received.isEmpty());
        assertThat(received.peek().getString("status")).isEqualTo("declined");
    }

    @Test
    void changesOfADisputeAreTold() throws Exception {
        sandbox.times("dispute_ms", 0);
        sale("s1", 10_084);
        RunningSandbox.until(() -> !received.isEmpty());
        String dispute = received.element().getString("dispute");

        sandbox.control(
                "POST",
                "/disputes/decide",
                Json.createObjectBuilder().add("dispute", dispute).add("outcome", "won").build());
        RunningSandbox.until(() -> received.size() == 2);

        assertThat(received)
                .extracting(body -> body.getString("reference") + " " + body.getString("status"))
                .containsExactly("s1 dispute_needs_response", "s1 dispute_won");
        assertThat(received).allMatch(body -> body.getString("dispute").equals(dispute));
        assertThat(received).allMatch(body -> body.getString("bank").equals("alpha"));
    }

    @Test
    void failedCallbackIsTriedFiveTimesAndRedirectsAreNotFollowed() throws Exception {
        statuses.addAll(List.of(500, 302, 404, 503, 500, 200));
        try (Errands errands = new Errands();
                Callbacks callbacks = new Callbacks("alpha", errands, Duration.ofMillis(1))) {
            callbacks.send(
                    new Origin("424242", "4242", url(), null, false),
                    "s1",
                    List.of(Status.APPROVED));

            RunningSandbox.until(() -> received.size() == Callbacks.MAX_TRIES);
            callbacks.send(
                    new Origin("424242", "4242", url(), null, false),
                    "s2",
                    List.of(Status.APPROVED));
            RunningSandbox.until(() -> received.size() > Callbacks.MAX_TRIES);
        }

        assertThat(received)
                .extracting(body -> body.getString("reference"))
                .containsExactly("s1", "s1", "s1", "s1", "s1", "s2");
    }

    private Reply sale(String reference, long amount) throws Exception {
        return sandbox.post(
                "/alpha/v1/payments",
                payment(reference, amount).add("callback_url", url()).build());
    }

    private String url() {
        return "http://127.0.0.1:" + shop.getAddress().getPort() + "/bank-callbacks";
    }

    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Integer status = statuses.poll();
        exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
        received.add(JsonText.parse(body).orElseThrow().asJsonObject());
        exchange.sendResponseHeaders(status == null ? 204 : status, -1);
        exchange.close();
    }
}
