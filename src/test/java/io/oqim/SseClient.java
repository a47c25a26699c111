package io.oqim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A reader of server-sent events, by the rules of WHATWG HTML section 9.2.6. */
final class SseClient implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private volatile String lastId = "";
    private final AtomicInteger comments = new AtomicInteger();

    /** What was dispatched; {@code end} when the stream is over. */
    record Message(String event, String data, String id) {}

    SseClient(String url, String key, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + key);
        if (headers.length > 0) {
            request.headers(headers);
        }
        response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        Thread.ofVirtual().start(this::read);
    }

    int status() {
        return response.statusCode();
    }

    String type() {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    private void read() {
        String event = "message";
        StringBuilder data = new StringBuilder();
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        messages.add(new Message(event, data.toString(), lastId));
                    }
                    event = "message";
                    data.setLength(0);
                } else if (line.startsWith(":")) {
                    comments.incrementAndGet();
                } else if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                }
            }
        } catch (IOException e) {
            // It was cut.
        }
        messages.add(new Message("end", "", lastId));
    }

    Message next() throws InterruptedException {
        return next(10);
    }

    Message next(int seconds) throws InterruptedException {
        Message message = messages.poll(seconds, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message came; the last id is " + lastId);
        }
        return message;
    }

    /** The next message that must be of this kind. */
    Message next(String event) throws InterruptedException {
        Message message = next();
        if (!message.event().equals(event)) {
            throw new AssertionError("wanted " + event + " but got " + message);
        }
        return message;
    }

    String lastId() {
        return lastId;
    }

    int comments() {
        return comments.get();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
