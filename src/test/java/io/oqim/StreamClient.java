package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A consumer of the stream, on the JDK's own client; asyncapi.yaml judges every frame it gets. */
final class StreamClient implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();
    private final AtomicInteger pings = new AtomicInteger();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;

    StreamClient(int port, String key, String query) {
        this(port, query, java.util.Map.of("Authorization", "Bearer " + key));
    }

    StreamClient(int port, String query, java.util.Map<String, String> headers) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        headers.forEach(builder::header);
        socket =
                builder.subprotocols("oqim.v1")
                        .connectTimeout(Duration.ofSeconds(5))
                        .buildAsync(
                                URI.create("ws://127.0.0.1:" + port + "/v1/stream" + query), this)
                        .join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            Contract.checkFrame(text.toString());
            frames.add(text.toString());
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket from, java.nio.ByteBuffer message) {
        pings.incrementAndGet();
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        reasons.add(reason);
        closes.add(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        failures.add(error);
        closes.add(1006);
    }

    int pings() {
        return pings.get();
    }

    void send(String frame) {
        socket.sendText(frame, true).join();
    }

    String raw() throws InterruptedException {
        return raw(10);
    }

    private String raw(int seconds) throws InterruptedException {
        String frame = frames.poll(seconds, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError(
                    "no frame came; closed with "
                            + closes.peek()
                            + ", failed with "
                            + failures.peek());
        }
        return frame;
    }

    /** The next frame, whatever it is. */
    JsonObject any() throws InterruptedException {
        return any(10);
    }

    JsonObject any(int seconds) throws InterruptedException {
        try (var reader = Json.createReader(new StringReader(raw(seconds)))) {
            return reader.readObject();
        }
    }

    /** The next frame, which must be of this type. */
    JsonObject next(String type) throws InterruptedException {
        JsonObject frame = any();
        assertThat(frame.getString("type")).as(frame.toString()).isEqualTo(type);
        return frame;
    }

    /** The next event, whatever else is said in between. */
    JsonObject event() throws InterruptedException {
        while (true) {
            JsonObject frame = any();
            if (frame.getString("type").equals("event")) {
                return frame;
            }
        }
    }

    int closeCode() throws InterruptedException {
        Integer code = closes.poll(10, TimeUnit.SECONDS);
        return code == null ? -1 : code;
    }

    /** Why it was closed; empty while it is open. */
    String closeReason() {
        return reasons.isEmpty() ? "" : reasons.element();
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
