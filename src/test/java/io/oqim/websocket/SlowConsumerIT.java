package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.websocket.RawClient.Frame;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowConsumerIT {
    private static final String PADDING = "x".repeat(4_000);

    @Test
    void aStalledClientGets4008AndOthersAreNotHurt() throws Exception {
        try (TestServer server = new TestServer(TestServer.settings());
                RawClient stalled = RawClient.open(server.port())) {
            WebSocketConnection toStalled = server.recorder.connection();
            RawClient healthy = RawClient.open(server.port());
            WebSocketConnection toHealthy = server.recorder.connection();

            int sent = 0;
            while (true) {
                TextFrame frame = TextFrame.of(sent + PADDING);
                boolean accepted = toStalled.send(frame);
                assertThat(toHealthy.send(frame)).isTrue();
                assertThat(healthy.readFrame()).isEqualTo(new Frame(Opcode.TEXT, sent + PADDING));
                if (!accepted) {
                    break;
                }
                sent++;
            }

            assertThat(toStalled.send(TextFrame.of("no gap"))).isFalse();
            assertThat(sent).isLessThan(2_000);
            assertThat(framesUntilClose(stalled)).isLessThan(sent);
            assertThat(server.recorder.next()).isEqualTo("open");
            assertThat(server.recorder.next()).isEqualTo("open");
            assertThat(server.recorder.next()).isEqualTo("closed 4008 slow consumer");
            healthy.close();
        }
    }

    @Test
    void aWriteThatBlocksTooLongCutsTheConnection() throws Exception {
        Settings settings =
                TestServer.times(
                        Duration.ofMillis(300), Duration.ofSeconds(20), Duration.ofSeconds(20));
        try (TestServer server = new TestServer(settings);
                RawClient stalled = RawClient.open(server.port())) {
            WebSocketConnection connection = server.recorder.connection();
            TextFrame frame = TextFrame.of(PADDING);
            boolean flowing = true;
            while (flowing) {
                assertThat(connection.send(frame)).isTrue();
                flowing = connection.awaitSent(Duration.ofMillis(100));
            }

            assertThat(server.recorder.next()).isEqualTo("open");
            assertThat(server.recorder.next()).isEqualTo("closed 4008 write blocked");
            assertThat(connection.awaitSent(Duration.ofSeconds(5))).isFalse();
            assertThat(stalled.socket.isConnected()).isTrue();
        }
    }

    /** Reads what the kernel held: contiguous from the start, then the Close and nothing more. */
    private static int framesUntilClose(RawClient client) throws Exception {
        int frames = 0;
        Frame frame = client.readFrame();
        while (frame != null && frame.opcode() == Opcode.TEXT) {
            assertThat(frame.payload()).isEqualTo(frames + PADDING);
            frames++;
            frame = client.readFrame();
        }
        assertThat(frame).isEqualTo(new Frame(Opcode.CLOSE, "4008 slow consumer"));
        client.write(ClientFrames.close(4008, ""));
        assertThat(client.readFrame()).isNull();
        return frames;
    }
}
