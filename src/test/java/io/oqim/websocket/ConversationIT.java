package io.oqim.websocket;

import static io.oqim.websocket.ClientFrames.FIN;
import static io.oqim.websocket.ClientFrames.frame;
import static io.oqim.websocket.ClientFrames.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.websocket.RawClient.Frame;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConversationIT {
    private final TestServer server = new TestServer(TestServer.settings());

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.sockets.open()).isZero();
        assertThat(server.recorder.hasMore()).as("nothing comes after onClosed").isFalse();
    }

    @Test
    void textIsEchoedAndFragmentsAreJoined() throws Exception {
        try (RawClient client = open()) {
            client.write(text("whole"));
            client.write(
                    frame(Opcode.TEXT, "in ".getBytes(StandardCharsets.UTF_8)),
                    frame(FIN | Opcode.PING, new byte[] {'p'}),
                    frame(FIN | Opcode.CONTINUATION, "pieces".getBytes(StandardCharsets.UTF_8)));

            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "whole"));
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.PONG, "p"));
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "in pieces"));
        }
        expect("text whole", "text in pieces", "closed 1006 ");
    }

    @Test
    void theClientsCloseIsAnsweredWithItsCode() throws Exception {
        try (RawClient client = open()) {
            client.write(text("last"), ClientFrames.close(4321, "enough"));

            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "last"));
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "4321 enough"));
            assertThat(client.readFrame()).isNull();
        }
        expect("text last", "closed 4321 enough");
    }

    @Test
    void aCloseWithoutCodeIsAnsweredWithoutCode() throws Exception {
        try (RawClient client = open()) {
            client.write(frame(FIN | Opcode.CLOSE, new byte[0]));

            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, ""));
        }
        expect("closed 1005 ");
    }

    @Test
    void ourCloseComesAfterWhatIsQueuedAndWaitsForTheAnswer() throws Exception {
        try (RawClient client = open()) {
            WebSocketConnection connection = server.recorder.connection();
            connection.send(TextFrame.of("first"));
            connection.close(4502, "resync");
            connection.close(4500, "too late");

            assertThat(connection.send(TextFrame.of("refused"))).isFalse();
            assertThat(connection.isOpen()).isFalse();
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "first"));
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "4502 resync"));
            client.write(text("of no interest"), ClientFrames.close(4502, ""));
            assertThat(client.readFrame()).isNull();
        }
        expect("closed 4502 resync");
    }

    @Test
    void aClientThatDoesNotAnswerOurCloseIsCutOff() throws Exception {
        try (RawClient client = open()) {
            server.recorder.connection().close(1000, "");

            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "1000 "));
            assertThat(client.readFrame()).isNull();
        }
        expect("closed 1000 ");
    }

    @Test
    void aLostConnectionIsReportedOnce() throws Exception {
        open().reset();
        expect("closed 1006 ");

        open().close();
        expect("closed 1006 ");
    }

    @Test
    void aConnectionLostWhileWeSendIsReportedOnce() throws Exception {
        RawClient client = open();
        WebSocketConnection connection = server.recorder.connection();
        client.reset();

        TextFrame frame = TextFrame.of("x".repeat(1_000));
        TestServer.await(() -> !connection.send(frame));

        assertThat(server.recorder.next()).startsWith("closed ");
    }

    @Test
    void binaryIsRefusedByDefault() throws Exception {
        try (RawClient client = open()) {
            client.write(frame(FIN | Opcode.BINARY, new byte[3]));

            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "1003 text only"));
            client.write(ClientFrames.close(1003, ""));
        }
        expect("closed 1003 text only");
    }

    @Test
    void badTextAndLongMessagesAndViolationsCloseWithTheirCodes() throws Exception {
        assertClosesWith(1007, frame(FIN | Opcode.TEXT, new byte[] {-1}));
        assertClosesWith(1009, frame(FIN | Opcode.TEXT, new byte[16_385]));
        assertClosesWith(1002, frame(FIN | Opcode.CONTINUATION, new byte[1]));
    }

    @Test
    void theReasonReachesAClientThatIsStillSending() throws Exception {
        try (RawClient client = open()) {
            byte[] large = frame(FIN | Opcode.TEXT, new byte[1_000_000]);
            client.write(Arrays.copyOf(large, 100_000));
            client.write(new byte[100_000]);

            assertThat(client.readFrame()).extracting(Frame::closeCode).isEqualTo(1009);
        }
        assertThat(server.recorder.next()).startsWith("closed 1009 ");
    }

    @Test
    void aFailingListenerClosesWithAnInternalError() throws Exception {
        try (RawClient client = open()) {
            client.write(text("fail"));

            assertThat(client.readFrame()).extracting(Frame::closeCode).isEqualTo(1011);
        }
        expect("text fail", "closed 1011 internal error");
    }

    @Test
    void aListenerThatFailsToCloseLeavesNothingBehind() throws Exception {
        try (RawClient client = open()) {
            client.write(ClientFrames.close(4000, "fail"));

            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.CLOSE, "4000 fail"));
            assertThat(client.readFrame()).isNull();
        }
        expect("closed 4000 fail");
        TestServer.await(() -> server.sockets.open() == 0);
    }

    @Test
    void ourPingsAreAnswered() throws Exception {
        try (RawClient client = open()) {
            server.recorder.connection().ping();

            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.PING, ""));
            client.write(frame(FIN | Opcode.PONG, new byte[] {7}));
            expect("pong [7]");
        }
        expect("closed 1006 ");
    }

    @Test
    void aFloodOfPingsIsAnsweredAsFarAsTheClientReads() throws Exception {
        try (RawClient client = open()) {
            for (int i = 0; i < 20_000; i++) {
                client.write(
                        frame(
                                FIN | Opcode.PING,
                                String.valueOf(i).getBytes(StandardCharsets.UTF_8)));
            }

            int pongs = 1;
            while (!new Frame(Opcode.PONG, "19999").equals(client.readFrame())) {
                pongs++;
            }
            assertThat(pongs).isBetween(17, 20_000);
        }
        expect("closed 1006 ");
    }

    @Test
    void aSilentClientOutlivesTheReadTimeoutOfHttp() throws Exception {
        try (RawClient client = open()) {
            client.socket.setSoTimeout(500);
            assertThatThrownBy(client::readFrame).isInstanceOf(SocketTimeoutException.class);

            client.write(text("still here"));
            assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "still here"));
        }
        expect("text still here", "closed 1006 ");
    }

    @Test
    void sendersMayWaitUntilAllIsSent() throws Exception {
        try (RawClient client = open()) {
            WebSocketConnection connection = server.recorder.connection();
            for (int i = 0; i < 500; i++) {
                assertThat(connection.send(TextFrame.of("event " + i))).isTrue();
                if (i % 50 == 49) {
                    assertThat(connection.awaitSent(Duration.ofSeconds(5))).isTrue();
                }
            }
            for (int i = 0; i < 500; i++) {
                assertThat(client.readFrame()).isEqualTo(new Frame(Opcode.TEXT, "event " + i));
            }
        }
        expect("closed 1006 ");
    }

    @Test
    void onlyCodesForTheWireCanBeSent() throws Exception {
        try (RawClient client = open()) {
            WebSocketConnection connection = server.recorder.connection();

            assertThatThrownBy(() -> connection.close(1006, ""))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(connection.isOpen()).isTrue();
            client.write(text("fine"));
        }
        expect("text fine", "closed 1006 ");
    }

    private RawClient open() throws Exception {
        RawClient client = RawClient.open(server.port());
        expect("open");
        return client;
    }

    private void assertClosesWith(int code, byte[] wire) throws Exception {
        try (RawClient client = open()) {
            client.write(wire);
            assertThat(client.readFrame()).extracting(Frame::closeCode).isEqualTo(code);
        }
        assertThat(server.recorder.next()).startsWith("closed " + code + " ");
    }

    private void expect(String... told) throws InterruptedException {
        for (String expected : told) {
            assertThat(server.recorder.next()).isEqualTo(expected);
        }
    }
}
