package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Echoes text, and remembers what it was told, in order. */
final class Recorder implements WebSocketListener {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<WebSocketConnection> opened = new LinkedBlockingQueue<>();

    @Override
    public void onOpen(WebSocketConnection connection) {
        told.add("open");
        opened.add(connection);
    }

    @Override
    public void onText(WebSocketConnection connection, String text) {
        told.add("text " + text);
        if (text.equals("fail")) {
            throw new IllegalStateException("asked to fail");
        }
        connection.send(TextFrame.of(text));
    }

    @Override
    public void onPong(WebSocketConnection connection, byte[] payload) {
        told.add("pong " + Arrays.toString(payload));
    }

    @Override
    public void onClosed(WebSocketConnection connection, int code, String reason) {
        told.add("closed " + code + " " + reason);
        if (reason.equals("fail")) {
            throw new IllegalStateException("asked to fail");
        }
    }

    /** The next thing the listener was told; waits for it. */
    String next() throws InterruptedException {
        return present(told.poll(5, TimeUnit.SECONDS));
    }

    /** The connection of the last onOpen; waits for it. */
    WebSocketConnection connection() throws InterruptedException {
        return present(opened.poll(5, TimeUnit.SECONDS));
    }

    boolean hasMore() {
        return !told.isEmpty();
    }

    private static <T> T present(@Nullable T value) {
        assertThat(value).as("nothing came within five seconds").isNotNull();
        return Objects.requireNonNull(value);
    }
}
