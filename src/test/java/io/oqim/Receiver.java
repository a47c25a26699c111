package io.oqim;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A merchant's server: takes webhooks and answers as it is told to. */
final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private volatile Behavior behavior;

    /** What came in. */
    record Message(Map<String, List<String>> headers, String body, long atNanos) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }

        JsonObject json() {
            try (var reader = Json.createReader(new StringReader(body))) {
                return reader.readObject();
            }
        }

        int seq() {
            return json().getInt("seq");
        }
    }

    /** What to do with a message. */
    @FunctionalInterface
    interface Behavior {
        void answer(Message message, HttpExchange exchange)
                throws IOException, InterruptedException;
    }

    Receiver(Behavior behavior) {
        this.behavior = behavior;
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::receive);
        server.start();
    }

    /** One that takes everything. */
    static Receiver good() {
        return new Receiver(answering(204));
    }

    static Behavior answering(int status, String... headers) {
        return (message, exchange) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] body = ("status " + status).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(status, status == 204 ? -1 : body.length);
            if (status != 204) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        };
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Message message =
                new Message(Map.copyOf(exchange.getRequestHeaders()), body, System.nanoTime());
        messages.add(message);
        try {
            behavior.answer(message, exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void behave(Behavior other) {
        behavior = other;
    }

    List<Message> messages() {
        return messages;
    }

    /** Waits until so many messages have come. */
    List<Message> await(int count) {
        return Until.is(() -> List.copyOf(messages), all -> all.size() >= count);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
