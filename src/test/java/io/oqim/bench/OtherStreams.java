package io.oqim.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/**
 * A server of {@code bench/ws-server}.
 *
 * @param control the port on which it is told what to do
 */
record OtherStreams(Served served, int control) implements AutoCloseable {
    /** By its name: {@code node} with {@code ws}, or {@code python} with {@code websockets}. */
    static OtherStreams start(String name) throws IOException {
        return switch (name) {
            case "node" -> start("node ws", "node", "--expose-gc", "bench/ws-server/server.js");
            case "python" -> start("python", "/usr/bin/python3", "-B", "bench/ws-server/server.py");
            default -> throw new IllegalArgumentException("no such peer: " + name);
        };
    }

    private static OtherStreams start(String name, String... command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        BufferedReader output = process.inputReader(StandardCharsets.US_ASCII);
        String line = output.readLine();
        if (line == null) {
            throw new IOException(name + " has not started");
        }
        String[] ports = line.split(" ", -1);
        return new OtherStreams(
                new Served(name, process, Integer.parseInt(ports[0])),
                Integer.parseInt(ports[ports.length - 1]));
    }

    void collect() throws IOException, InterruptedException {
        ask("/gc", HttpRequest.BodyPublishers.noBody());
    }

    /** Begins to send a message to all sockets, as {@code query} says. */
    void broadcast(String query, byte[] message) throws IOException, InterruptedException {
        ask("/broadcast?" + query, HttpRequest.BodyPublishers.ofByteArray(message));
    }

    private void ask(String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + control + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            int status =
                    client.send(
                                    HttpRequest.newBuilder(uri)
                                            .POST(body)
                                            .version(HttpClient.Version.HTTP_1_1)
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode();
            if (status != 200) {
                throw new IOException(served.name() + " answered " + status);
            }
        }
    }

    Swarm.Target target() {
        return new Swarm.Target(served.port(), "/", "", 0);
    }

    @Override
    public void close() {
        served.close();
    }
}
