package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that do not come to an end take no connection for ever; quiet connections may wait. */
class SlowRequestsIT {
    private static final String BODY = Api.payment(1_000);

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "server.read-timeout", "400ms",
                                "server.unreadable-pause", "300ms"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void headersThatTrickleAreCutOff() throws Exception {
        assertThat(isHeadCutOff()).isTrue();
    }

    @Test
    void whoSendsWhatCannotBeReadWaitsForTheAnswerAndNobodyElseDoes() throws Exception {
        try (Socket socket = socket()) {
            long sent = System.nanoTime();
            write(socket, "NOT HTTP\r\n\r\n");

            assertThat(rig.api().pay(1_000).status()).isEqualTo(201);

            assertThat(firstLine(socket)).contains("HTTP/1.1 400");
            assertThat(System.nanoTime() - sent).isGreaterThanOrEqualTo(300_000_000);
        }
    }

    @Test
    void aBodyThatTricklesIsCutOff() throws Exception {
        try (Socket socket = socket()) {
            write(socket, head(10_000) + "{");

            assertThat(isCutOff(socket, " ")).isTrue();
        }
        assertThat(rig.api().pay(1_000).status()).isEqualTo(201);
    }

    @Test
    void whatComesAfterARefusalIsNotWaitedForWithoutEnd() throws Exception {
        try (Socket socket = socket()) {
            write(socket, head(10_000).replace("Bearer ", "Bearer not-") + "{");
            assertThat(firstLine(socket)).contains("HTTP/1.1 401");

            assertThat(isCutOff(socket, " ")).isTrue();
        }
    }

    @Test
    void aBodyThatIsTooLargeIsNotWaitedForWithoutEnd() throws Exception {
        try (Socket socket = socket()) {
            String most = Integer.toString(65_536 + 262_144);
            String head = head(0).replace("Content-Length: 0", "Content-Length: " + most);
            write(socket, head.replace("/v1/payments", "/callbacks/alpha/1"));
            for (int i = 0; i < 300; i++) {
                write(socket, " ".repeat(1000));
            }

            assertThat(isCutOff(socket, " ")).isTrue();
        }
    }

    @Test
    void aConnectionMayBeQuietBetweenRequestsForLongerThanARequestMayTake() throws Exception {
        try (Socket socket = socket()) {
            for (int i = 0; i < 2; i++) {
                write(socket, head(BODY.length()) + BODY);
                assertThat(firstLine(socket)).contains("HTTP/1.1 201");
                // That takes as long as a request may.
                assertThat(isHeadCutOff()).isTrue();
                int rest = socket.getInputStream().available();
                assertThat(socket.getInputStream().readNBytes(rest)).isNotEmpty();
            }
        }
    }

    private static boolean isHeadCutOff() throws IOException {
        try (Socket socket = socket()) {
            write(socket, "POST /v1/payments HTTP/1.1\r\nHost: oqim\r\n");
            return isCutOff(socket, "X-More: 1\r\n");
        }
    }

    private static Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String head(int length) {
        return "POST /v1/payments HTTP/1.1\r\nHost: oqim\r\nAuthorization: Bearer "
                + rig.api().key()
                + "\r\nIdempotency-Key: "
                + java.util.UUID.randomUUID()
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + length
                + "\r\n\r\n";
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Whether the server ends the connection while a little more is sent again and again. */
    private static boolean isCutOff(Socket socket, String more) throws IOException {
        socket.setSoTimeout(50);
        for (int i = 0; i < 200; i++) {
            try {
                write(socket, more);
                if (socket.getInputStream().readNBytes(10_000).length == 0) {
                    return true;
                }
            } catch (java.net.SocketTimeoutException e) {
                // It still waits.
            } catch (IOException e) {
                return true;
            }
        }
        return false;
    }

    private static String firstLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = socket.getInputStream().read();
        while (c != '\n' && c >= 0) {
            line.append((char) c);
            c = socket.getInputStream().read();
        }
        return line.toString();
    }
}
