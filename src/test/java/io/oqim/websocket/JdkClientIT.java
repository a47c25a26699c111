package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JdkClientIT {
    private final TestServer server = new TestServer(TestServer.settings());
    private final HttpClient http = HttpClient.newHttpClient();
    private final Heard heard = new Heard();

    @AfterEach
    void stop() {
        http.shutdownNow();
        server.close();
    }

    @Test
    void conversesAndClosesFromTheClient() throws Exception {
        WebSocket socket = open();
        assertThat(socket.getSubprotocol()).isEqualTo("oqim.v1");

        socket.sendText("in pieces, ", false).get(5, TimeUnit.SECONDS);
        socket.sendText("κόσμε", true).get(5, TimeUnit.SECONDS);
        assertThat(heard.next()).isEqualTo("text in pieces, κόσμε");

        socket.sendClose(4000, "bye").get(5, TimeUnit.SECONDS);
        assertThat(heard.next()).isEqualTo("close 4000 bye");
        assertThat(server.recorder.next()).isEqualTo("open");
        assertThat(server.recorder.next()).isEqualTo("text in pieces, κόσμε");
        assertThat(server.recorder.next()).isEqualTo("closed 4000 bye");
    }

    @Test
    void closesFromTheServer() throws Exception {
        open();
        WebSocketConnection connection = server.recorder.connection();
        connection.ping();
        connection.close(4502, "resync");

        assertThat(heard.next()).isEqualTo("close 4502 resync");
        assertThat(server.recorder.next()).isEqualTo("open");
        assertThat(server.recorder.next()).isEqualTo("pong []");
        assertThat(server.recorder.next()).isEqualTo("closed 4502 resync");
    }

    private WebSocket open() throws Exception {
        return http.newWebSocketBuilder()
                .subprotocols("oqim.v3", "oqim.v1")
                .buildAsync(URI.create("ws://localhost:" + server.port() + "/ws"), heard)
                .get(5, TimeUnit.SECONDS);
    }

    private static final class Heard implements WebSocket.Listener {
        private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                queue.add("text " + text);
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            queue.add("close " + code + " " + reason);
            return null;
        }

        @Nullable String next() throws InterruptedException {
            return queue.poll(5, TimeUnit.SECONDS);
        }
    }
}
