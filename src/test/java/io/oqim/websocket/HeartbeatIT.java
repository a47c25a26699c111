package io.oqim.websocket;

import static io.oqim.websocket.ClientFrames.FIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.websocket.RawClient.Frame;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeartbeatIT {
    private final TestServer server =
            new TestServer(
                    TestServer.times(
                            Duration.ofSeconds(20), Duration.ofMillis(200), Duration.ofSeconds(1)));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aClientWithoutPongIsClosedWith4012() throws Exception {
        try (RawClient client = RawClient.open(server.port())) {
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.PING, ""));
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "4012 no pong"));
            assertThat(client.readFrame()).isNull();
        }
        assertThat(server.recorder.next()).isEqualTo("open");
        assertThat(server.recorder.next()).isEqualTo("closed 4012 no pong");
    }

    @Test
    void aClientThatAnswersStays() throws Exception {
        try (RawClient client = RawClient.open(server.port())) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.PING, ""));
                client.write(ClientFrames.frame(FIN | Opcode.PONG, new byte[0]));
            }
            client.write(ClientFrames.text("alive"));
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "alive"));
        }
    }
}
