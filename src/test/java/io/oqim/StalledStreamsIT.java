package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Readers that stand still with a long log before them cost little, hurt nobody, and are sent away.
 */
class StalledStreamsIT {
    private static final int STALLED = Integer.getInteger("oqim.stalled", 60);
    private static final int EVENTS = 8_000;

    @Test
    void manyReadersThatStandStillFitIntoASmallHeapAndOthersMissNothing() throws Exception {
        try (Rig rig =
                Rig.start(
                        Map.of(
                                "stream.max-connections-per-tenant", "2000",
                                "stream.write-deadline", "4s"))) {
            Rig.Other merchant = rig.otherMerchant();
            try (Database database = rig.database()) {
                // Some 6 MB: all of it for each of the stalled would be a gigabyte.
                Logs.append(rig, merchant.tenant(database), EVENTS);
            }
            List<Socket> stalled = new ArrayList<>();
            try (GatewayProcess process =
                    GatewayProcess.start(
                            rig,
                            Rig.freePort(),
                            "stalled.log",
                            List.of("-Xmx192m", "-XX:+ExitOnOutOfMemoryError"))) {
                for (int i = 0; i < STALLED; i++) {
                    stalled.add(stall(process.port(), merchant.api().key()));
                }
                try (StreamClient healthy =
                        new StreamClient(process.port(), merchant.api().key(), "?after=0")) {
                    for (int seq = 1; seq <= EVENTS; seq++) {
                        assertThat(healthy.event().getJsonObject("event").getInt("seq"))
                                .isEqualTo(seq);
                    }
                }
                // Each is sent away by its deadline; only then is looked at what came, for whoever
                // reads does not stand still.
                Until.is(
                        () -> process.management().metric("oqim_stream_connections"),
                        open -> open == 0);
                for (Socket socket : stalled) {
                    assertThat(ends(socket)).isTrue();
                }
                assertThat(process.isAlive()).isTrue();
            } finally {
                for (Socket socket : stalled) {
                    socket.close();
                }
            }
        }
    }

    /** Reads what was on its way, and then the end. */
    private static boolean ends(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        byte[] buffer = new byte[65_536];
        try {
            while (socket.getInputStream().read(buffer) >= 0) {
                // not looked at
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            // A reset is an end too.
            return true;
        }
    }

    private static Socket stall(int port, String key) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream()
                .write(
                        ("GET /v1/stream?after=0 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                        + "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\nAuthorization: Bearer "
                                        + key
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
