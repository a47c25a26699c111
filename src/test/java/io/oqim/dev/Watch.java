package io.oqim.dev;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/** Prints what a stream says, one frame a line: {@code Watch URL API_KEY}. */
public final class Watch implements WebSocket.Listener {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final StringBuilder text = new StringBuilder();

    private Watch() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: Watch URL API_KEY");
            System.exit(2);
        }
        Watch watch = new Watch();
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + arguments[1])
                    .subprotocols("oqim.v1")
                    .buildAsync(URI.create(arguments[0]), watch)
                    .join();
            watch.closed.await();
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            System.out.println(text);
            text.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        System.out.println("closed: " + code + " " + reason);
        closed.countDown();
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        System.out.println("lost: " + error);
        closed.countDown();
    }
}
