package io.oqim.dev;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.ServerSocket;
import redis.embedded.RedisServer;

/** A real Redis that keeps nothing on disk. */
public final class LocalRedis implements AutoCloseable {
    private final int port;
    private RedisServer server;

    private LocalRedis(int port) throws IOException {
        this.port = port;
        this.server = launch(port);
    }

    public static LocalRedis start() throws IOException {
        return new LocalRedis(freePort());
    }

    private static RedisServer launch(int port) throws IOException {
        RedisServer server =
                RedisServer.newRedisServer()
                        .bind("127.0.0.1")
                        .port(port)
                        .setting("save \"\"")
                        .setting("appendonly no")
                        .setting("maxmemory 64mb")
                        .build();
        server.start();
        return server;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Ends it; {@link #restart} brings it back on the same port, empty. */
    public void stop() throws IOException {
        server.stop();
    }

    public void restart() throws IOException {
        if (!server.isActive()) {
            server = launch(port);
        }
    }

    /** Says something on a channel, as any other client could. */
    public void publish(String channel, String message) {
        RedisClient client = RedisClient.create(url());
        try (var connection = client.connect()) {
            connection.sync().publish(channel, message);
        } finally {
            client.shutdown();
        }
    }

    @Override
    public void close() throws IOException {
        server.stop();
    }

    /** A port that was free a moment ago. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
