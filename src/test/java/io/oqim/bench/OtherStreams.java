package io.oqim.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** The server of {@code bench/ws-server}: node with {@code ws}. */
record Node(Served served) implements AutoCloseable {
    static Node start() throws IOException {
        Process process =
                new ProcessBuilder("node", "--expose-gc", "bench/ws-server/server.js")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        BufferedReader output = process.inputReader(StandardCharsets.US_ASCII);
        String port = output.readLine();
        if (port == null) {
            throw new IOException("node has not started");
        }
        return new Node(new Served("node ws", process, Integer.parseInt(port)));
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
        URI uri = URI.create("http://127.0.0.1:" + served.port() + path);
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
                throw new IOException("node answered " + status);
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
