package io.oqim.websocket;

import static io.oqim.websocket.RawClient.CONNECTION;
import static io.oqim.websocket.RawClient.KEY;
import static io.oqim.websocket.RawClient.UPGRADE;
import static io.oqim.websocket.RawClient.VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeIT {
    private final TestServer server = new TestServer(TestServer.settings());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void acceptsTheExampleOfTheRfc() throws IOException {
        String head = answer("GET /ws", UPGRADE, CONNECTION, KEY, VERSION);

        assertThat(head)
                .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                .contains("\r\nUpgrade: websocket\r\n", "\r\nConnection: Upgrade\r\n")
                .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .doesNotContain("Sec-WebSocket-Protocol", "Content-Length", "Sec-WebSocket-Ext");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Upgrade: WEBSOCKET; Connection: UPGRADE",
                "upgrade: WebSocket; connection: keep-alive,Upgrade",
                "UPGRADE: websocket; CONNECTION: keep-alive , upgrade",
                "Upgrade: h2c, websocket; Connection: Upgrade,HTTP2-Settings",
            })
    void acceptsWhatClientsReallySend(String upgrade, String connection) throws IOException {
        assertThat(answer("GET /ws", upgrade, connection, KEY, VERSION))
                .startsWith("HTTP/1.1 101 ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "oqim.v1; oqim.v1",
                "graphql-ws, oqim.v2,oqim.v1; oqim.v2",
                "OQIM.V1, oqim.v1; oqim.v1",
            })
    void choosesTheFirstSubprotocolItKnows(String offered, String chosen) throws IOException {
        assertThat(
                        answer(
                                "GET /ws",
                                UPGRADE,
                                CONNECTION,
                                KEY,
                                VERSION,
                                "Sec-WebSocket-Protocol: " + offered))
                .contains("\r\nSec-WebSocket-Protocol: " + chosen + "\r\n");
    }

    @Test
    void choosesNoSubprotocolItDoesNotKnow() throws IOException {
        assertThat(
                        answer(
                                "GET /ws",
                                UPGRADE,
                                CONNECTION,
                                KEY,
                                VERSION,
                                "Sec-WebSocket-Protocol: graphql-ws"))
                .startsWith("HTTP/1.1 101 ")
                .doesNotContain("Sec-WebSocket-Protocol");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Key: none",
                "Sec-WebSocket-Key: not base64 at all!!!",
                "Sec-WebSocket-Key: c2hvcnQ=",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ",
                KEY + "\r\n" + KEY,
                KEY + "\r\nContent-Length: 3",
            })
    void malformedHandshakesGoThroughTheErrorHandler(String key) throws IOException {
        assertThat(answer("GET /ws", UPGRADE, CONNECTION, VERSION, key))
                .startsWith("HTTP/1.1 400 ")
                .contains("Error-Handler: yes");
        assertThat(server.sockets.open()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: 13", "Sec-WebSocket-Version: 12", "Sec-WebSocket-Version: 8, 13"})
    void otherVersionsAreToldTheRightOne(String version) throws IOException {
        assertThat(answer("GET /ws", UPGRADE, CONNECTION, KEY, version))
                .startsWith("HTTP/1.1 426 ")
                .contains("\r\nSec-WebSocket-Version: 13\r\n", "Error-Handler: yes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "X-Upgrade: websocket; Connection: Upgrade",
                "Upgrade: h2c; Connection: Upgrade",
                "Upgrade: websocket; Connection: keep-alive",
                "Upgrade: websocket; Connection: not-an-upgrade",
            })
    void ordinaryRequestsAreToldToUpgrade(String upgrade, String connection) throws IOException {
        assertThat(answer("GET /ws", upgrade, connection, KEY, VERSION))
                .startsWith("HTTP/1.1 426 ")
                .contains("\r\nUpgrade: websocket\r\n", "Error-Handler: yes");
    }

    @Test
    void otherMethodsAreNotAllowed() throws IOException {
        assertThat(answer("POST /ws", UPGRADE, CONNECTION, KEY, VERSION, "Content-Length: 0"))
                .startsWith("HTTP/1.1 405 ")
                .contains("\r\nAllow: GET\r\n");
    }

    @Test
    void otherPathsAreOrdinaryHttp() throws IOException {
        assertThat(answer("GET /nowhere", UPGRADE, CONNECTION, KEY, VERSION))
                .startsWith("HTTP/1.1 404 ");
        assertThat(answer("GET /plain", UPGRADE, CONNECTION, KEY, VERSION)).endsWith("plain");
    }

    @Test
    void filtersSeeTheUpgradeAndTheirHeadersAreInIt() throws Exception {
        assertThat(answer("GET /ws", UPGRADE, CONNECTION, KEY, VERSION))
                .contains("\r\nRequest-Id: req-1\r\n");
        assertThat(server.statuses.take()).isEqualTo(101);
    }

    @Test
    void filtersMayRefuse() throws IOException {
        assertThat(answer("GET /ws", UPGRADE, CONNECTION, KEY, VERSION, "Authorization: Bearer x"))
                .startsWith("HTTP/1.1 401 ")
                .endsWith("not you");
        assertThat(server.sockets.open()).isZero();
    }

    @Test
    void aRefusedClientMayTryAgainOnTheSameConnection() throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.request("GET /ws", UPGRADE, CONNECTION, KEY, "Sec-WebSocket-Version: 12");
            assertThat(client.readHead()).startsWith("HTTP/1.1 426 ");

            client.request("GET /plain");
            assertThat(client.readHead()).endsWith("plain");

            client.request("GET /ws", UPGRADE, CONNECTION, KEY, VERSION);
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            client.write(ClientFrames.text("at last"));
            assertThat(client.readFrame()).isEqualTo(new RawClient.Frame(Opcode.TEXT, "at last"));
        }
    }

    @Test
    void framesSentTogetherWithTheRequestAreNotLost() throws IOException {
        byte[] second = ClientFrames.text("second");
        try (RawClient client = RawClient.connect(server.port())) {
            client.write(
                    RawClient.requestBytes("GET /ws", UPGRADE, CONNECTION, KEY, VERSION),
                    ClientFrames.text("first"),
                    Arrays.copyOf(second, 3));
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(client.readFrame()).isEqualTo(new RawClient.Frame(Opcode.TEXT, "first"));

            client.write(Arrays.copyOfRange(second, 3, second.length));
            assertThat(client.readFrame()).isEqualTo(new RawClient.Frame(Opcode.TEXT, "second"));
        }
    }

    @Test
    void asManyAsAllowedAreOpenAndNoMore() throws Exception {
        Settings settings = TestServer.settings();
        RawClient[] clients = new RawClient[settings.maxConnections()];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = RawClient.open(server.port());
        }
        assertThat(server.sockets.open()).isEqualTo(clients.length);

        assertThat(answer("GET /ws", UPGRADE, CONNECTION, KEY, VERSION))
                .startsWith("HTTP/1.1 503 ")
                .contains("\r\nRetry-After: 1\r\n");

        for (RawClient client : clients) {
            client.close();
        }
        TestServer.await(() -> server.sockets.open() == 0);
        RawClient.open(server.port()).close();
    }

    @Test
    void aServerWithoutTheSelectorSaysSo() {
        assertThatThrownBy(UpgradableConnection::current)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("UpgradeSelector");
    }

    private String answer(String line, String... headers) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.request(line, headers);
            return client.readHead();
        }
    }
}
