package io.oqim.websocket;

import static io.oqim.websocket.RawClient.CONNECTION;
import static io.oqim.websocket.RawClient.KEY;
import static io.oqim.websocket.RawClient.UPGRADE;
import static io.oqim.websocket.RawClient.VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.websocket.RawClient.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShutdownIT {
    private final TestServer server = new TestServer(TestServer.settings());
    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
    }

    @Test
    void stoppingTheServerSaysGoodbyeAndWaitsForTheAnswers() throws Exception {
        open(2);
        Thread stopping = Thread.ofVirtual().start(server::stop);

        for (RawClient client : clients) {
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "1001 shutdown"));
            client.write(ClientFrames.close(1001, ""));
            assertThat(client.readFrame()).isNull();
        }
        assertThat(stopping.join(Duration.ofSeconds(5))).isTrue();
        assertThat(List.of(server.recorder.next(), server.recorder.next()))
                .containsOnly("closed 1001 shutdown");
        assertThat(server.sockets.open()).isZero();
    }

    @Test
    void stoppingTheServerDoesNotWaitForClientsThatDoNotAnswer() throws Exception {
        open(2);
        server.stop();

        assertThat(List.of(server.recorder.next(), server.recorder.next()))
                .containsOnly("closed 1001 shutdown");
        TestServer.await(() -> server.sockets.open() == 0);
    }

    @Test
    void closingTheSocketsCutsOffWhoDoesNotAnswer() throws Exception {
        open(2);
        server.sockets.close();

        assertThat(server.sockets.open()).isZero();
        assertThat(List.of(server.recorder.next(), server.recorder.next()))
                .containsOnly("closed 1001 shutdown");
        for (RawClient client : clients) {
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "1001 shutdown"));
            assertThat(client.readFrame()).isNull();
        }
    }

    @Test
    void drainingTellsEveryClientAnotherReasonAndRefusesNewOnes() throws Exception {
        open(5);
        AtomicInteger delay = new AtomicInteger();
        server.sockets.drain(
                4001, () -> "retry in " + delay.incrementAndGet(), 2, Duration.ofMillis(20));

        List<String> reasons = new ArrayList<>();
        for (RawClient client : clients) {
            Frame frame = client.readFrame();
            assertThat(frame).isNotNull().extracting(Frame::opcode).isEqualTo(Opcode.CLOSE);
            reasons.add(frame == null ? "" : frame.payload());
            client.write(ClientFrames.close(4001, ""));
        }
        assertThat(reasons)
                .containsExactlyInAnyOrder(
                        "4001 retry in 1",
                        "4001 retry in 2",
                        "4001 retry in 3",
                        "4001 retry in 4",
                        "4001 retry in 5");
        TestServer.await(() -> server.sockets.open() == 0);
        try (RawClient late = RawClient.connect(server.port())) {
            late.request("GET /ws", UPGRADE, CONNECTION, KEY, VERSION);
            assertThat(late.readHead()).startsWith("HTTP/1.1 503 ");
        }
    }

    @Test
    void drainingWantsACodeForTheWireAndASizeOfBatch() {
        WebSockets sockets = server.sockets;

        assertThatThrownBy(() -> sockets.drain(1006, () -> "", 1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sockets.drain(1001, () -> "", 0, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(sockets.isDraining()).isFalse();
    }

    private void open(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            clients.add(RawClient.open(server.port()));
            assertThat(server.recorder.next()).isEqualTo("open");
        }
    }
}
