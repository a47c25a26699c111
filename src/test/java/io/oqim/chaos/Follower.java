package io.oqim.chaos;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Follows a tenant's log from its first event on, at whichever stream there is, and checks that
 * each event is the next one and hangs on the one before.
 */
final class Follower implements AutoCloseable {
    private static final String END = "";

    private final List<Node> streams;
    private final String key;
    private final Queue<String> problems;
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong seq = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final Thread thread;
    private String hash = "0".repeat(64);
    private volatile boolean over;

    Follower(List<Node> streams, String key, Queue<String> problems) {
        this.streams = streams;
        this.key = key;
        this.problems = problems;
        this.thread = Thread.ofVirtual().start(this::run);
    }

    /** How far it has come. */
    long seq() {
        return seq.get();
    }

    /** How often it has connected. */
    long connections() {
        return connections.get();
    }

    private void run() {
        int next = 0;
        while (!over) {
            Node stream = streams.get(next++ % streams.size());
            try {
                follow(stream);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // It cannot be reached: the next one, in a moment.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        }
    }

    private void follow(Node stream) throws InterruptedException {
        Ear ear = new Ear();
        WebSocket socket =
                http.newWebSocketBuilder()
                        .header("Authorization", "Bearer " + key)
                        .subprotocols("oqim.v1")
                        .connectTimeout(Duration.ofSeconds(2))
                        .buildAsync(
                                URI.create(
                                        "ws://127.0.0.1:%d/v1/stream?after=%d"
                                                .formatted(stream.port(), seq.get())),
                                ear)
                        .join();
        connections.incrementAndGet();
        try {
            while (!over) {
                // A stream that stands still says nothing, not even its heartbeat.
                String frame = ear.frames.poll(40, TimeUnit.SECONDS);
                if (frame == null || frame.equals(END)) {
                    return;
                }
                take(frame);
            }
        } finally {
            socket.abort();
        }
    }

    private void take(String frame) {
        JsonObject said = parse(frame);
        switch (said.getString("type")) {
            case "event" -> {
                JsonObject event = said.getJsonObject("event");
                long number = event.getJsonNumber("seq").longValue();
                if (number != seq.get() + 1 || !event.getString("prev_hash").equals(hash)) {
                    problems.add("after event " + seq.get() + " came " + frame);
                }
                hash = event.getString("hash");
                seq.set(number);
            }
            case "resync_required", "error" -> problems.add("a stream said " + frame);
            default -> {
                // Positions and greetings.
            }
        }
    }

    private static JsonObject parse(String frame) {
        try (var reader = Json.createReader(new StringReader(frame))) {
            return reader.readObject();
        }
    }

    private static final class Ear implements WebSocket.Listener {
        private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                frames.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            frames.add(END);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            frames.add(END);
        }
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
        http.shutdownNow();
    }
}
