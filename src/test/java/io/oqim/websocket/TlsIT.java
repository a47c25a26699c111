package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.tls.Tls;
import io.oqim.SelfSigned;
import io.oqim.websocket.RawClient.Frame;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS, closing a socket waits for the write under way: nothing of ours may wait with it. */
class TlsIT {
    @TempDir private static Path directory;
    private static SSLContext context;

    @BeforeAll
    static void makeCertificate() throws Exception {
        context = SelfSigned.context(directory, "localhost");
    }

    @Test
    void conversesAndCloses() throws Exception {
        try (TestServer server = server(TestServer.settings());
                RawClient client = RawClient.open(server.port(), socket())) {
            client.write(ClientFrames.text("secret"), ClientFrames.close(1000, "bye"));

            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "secret"));
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "1000 bye"));
            assertThat(client.readFrame()).isNull();
        }
    }

    @Test
    void aBlockedWriteCutsItsConnectionAndNoOther() throws Exception {
        Settings settings =
                TestServer.times(
                        Duration.ofMillis(300), Duration.ofSeconds(20), Duration.ofSeconds(20));
        try (TestServer server = server(settings);
                RawClient healthy = RawClient.open(server.port(), socket())) {
            assertThat(server.recorder.next()).isEqualTo("open");
            server.recorder.connection();
            for (int i = 0; i < 2; i++) {
                RawClient stalled = RawClient.open(server.port(), socket());
                assertThat(server.recorder.next()).isEqualTo("open");
                stall(server.recorder.connection());
                assertThat(server.recorder.next()).isEqualTo("closed 4008 write blocked");
                stalled.reset();
            }

            healthy.write(ClientFrames.text("unhurt"));
            assertThat(healthy.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "unhurt"));
        }
    }

    private static void stall(WebSocketConnection connection) throws InterruptedException {
        TextFrame frame = TextFrame.of("x".repeat(4_000));
        boolean flowing = true;
        while (flowing) {
            assertThat(connection.send(frame)).isTrue();
            flowing = connection.awaitSent(Duration.ofMillis(100));
        }
    }

    private static TestServer server(Settings settings) {
        return new TestServer(
                settings, options -> options.tls(Tls.builder().sslContext(context).build()));
    }

    private static Socket socket() throws Exception {
        return context.getSocketFactory().createSocket();
    }
}
