package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Payments and operations that are asked for on the stream itself. */
class SocketCommandsIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "stream.max-commands",
                                "8",
                                "stream.heartbeat",
                                "1s",
                                "stream.write-deadline",
                                "2s"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void aPaymentLivesItsWholeLifeOnOneSocketAndEachResultFollowsItsEvent() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (StreamClient client = connect(merchant, "?after=0")) {
            client.next("hello");
            client.next("subscribed");
            client.next("caught_up");

            client.send(create("order-1", 10_000, ",\"capture_method\":\"manual\""));
            JsonObject created = resultAfterItsEvent(client);
            assertThat(created.getInt("status")).isEqualTo(201);
            assertThat(created.getJsonObject("body").getString("status")).isEqualTo("authorized");
            String payment = created.getJsonObject("body").getString("id");

            client.send(modify("order-1-capture", "capture", payment, "{\"amount\":6000}"));
            JsonObject captured = resultAfterItsEvent(client);
            assertThat(
                            captured.getJsonObject("body")
                                    .getJsonObject("payment")
                                    .getInt("amount_captured"))
                    .isEqualTo(6_000);
            client.send(modify("order-1-refund", "refund", payment, "{\"amount\":1000}"));
            assertThat(resultAfterItsEvent(client).getInt("status")).isEqualTo(201);
            client.send(
                    "{\"type\":\"command\",\"id\":\"order-1-cancel\",\"command\":\"cancel\",\"payment\":\""
                            + payment
                            + "\"}");
            assertThat(resultAfterItsEvent(client).getInt("status")).isEqualTo(201);
            assertThat(merchant.api().get("/v1/payments/" + payment).text("status"))
                    .isEqualTo("captured");
        }
    }

    @Test
    void theSameIdIsTheSameRequestHereAndOnRest() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (StreamClient client = connect(merchant, "?after=0")) {
            client.send(create("order-2", 5_000, ""));
            JsonObject first = result(client);
            client.send(create("order-2", 5_000, ""));
            JsonObject again = result(client);

            assertThat(again.getBoolean("replayed")).isTrue();
            assertThat(again.getJsonObject("body")).isEqualTo(first.getJsonObject("body"));
            Api.Answer rest = merchant.api().pay("order-2", Api.payment(5_000));
            assertThat(rest.header("Idempotent-Replayed")).contains("true");
            assertThat(rest.json()).isEqualTo(first.getJsonObject("body"));
            client.send(create("order-2", 6_000, ""));
            JsonObject other = result(client);
            assertThat(other.getInt("status")).isEqualTo(422);
            assertThat(other.getJsonObject("body").getString("code"))
                    .isEqualTo("idempotency_key_reused");
        }
    }

    @Test
    void whatRestRefusesIsRefusedInTheSameWords() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        String unknown = "pay_01m89y6fqye7vvnt4ym3wd19pk";
        Map<String, String> refused =
                Map.of(
                        create("a", 0, ""),
                        "invalid_amount",
                        "{\"type\":\"command\",\"id\":\"b\",\"command\":\"create\"}",
                        "missing_field",
                        "{\"type\":\"command\",\"id\":\"c\",\"command\":\"create\",\"body\":{\"amount\":1,\"currency\":\"XXX\"}}",
                        "unknown_currency",
                        modify("d", "refund", unknown, "{}"),
                        "not_found",
                        modify("e", "refund", "pay_x", "{}"),
                        "not_found",
                        "{\"type\":\"command\",\"id\":\"f\",\"command\":\"refund\"}",
                        "missing_field",
                        "{\"type\":\"command\",\"id\":\"g\",\"command\":\"dance\"}",
                        "invalid_value",
                        "{\"type\":\"command\",\"id\":\"h\",\"command\":\"create\",\"deadline\":61}",
                        "invalid_payment_deadline");
        try (StreamClient client = connect(merchant, "")) {
            client.next("hello");
            for (var entry : refused.entrySet()) {
                client.send(entry.getKey());
                JsonObject result = client.next("result");
                assertThat(result.getJsonObject("body").getString("code"))
                        .as(entry.getKey())
                        .isEqualTo(entry.getValue());
                assertThat(result.getInt("status"))
                        .isEqualTo(result.getJsonObject("body").getInt("status"));
            }
            JsonObject here = resultOf(client, create("i", 0, ""));
            Api.Answer rest = merchant.api().pay("j", Api.payment(0));
            assertThat(here.getJsonObject("body").getString("detail"))
                    .isEqualTo(rest.text("detail"));
            assertThat(here.getJsonObject("body").getString("param")).isEqualTo(rest.text("param"));
        }
    }

    @Test
    void commandsRunSideBySideAndNoMoreThanMay() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        rig.bank()
                .put(
                        "/control/latency",
                        "{\"operation\":\"money\",\"distribution\":\"constant\",\"median_ms\":300}");
        try (StreamClient client = connect(merchant, "?after=0")) {
            client.next("hello");
            for (int i = 0; i < 12; i++) {
                client.send(create("side-" + i, 1_000, ""));
            }
            Map<Integer, Integer> statuses = new HashMap<>();
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 12; i++) {
                JsonObject result = result(client);
                statuses.merge(result.getInt("status"), 1, Integer::sum);
                ids.add(result.getString("id"));
            }
            assertThat(statuses).isEqualTo(Map.of(201, 8, 429, 4));
            assertThat(ids).hasSize(12);
        } finally {
            rig.bank()
                    .put(
                            "/control/latency",
                            "{\"operation\":\"money\",\"distribution\":\"constant\",\"median_ms\":5}");
        }
    }

    @Test
    void whoGoesOnAskingWithoutReadingIsSentAway() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        byte[] frame = masked("{\"type\":\"command\",\"id\":\"x\",\"command\":\"x\"}");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port())) {
            socket.getOutputStream()
                    .write(
                            ("GET /v1/stream?after=0 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                            + "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\nAuthorization: Bearer "
                                            + merchant.api().key()
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 65_536);

            // Nobody listens to him any more, and then he is sent away.
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 5_000_000; i++) {
                                    out.write(frame);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    /** A text frame of a client, masked with zeros. */
    private static byte[] masked(String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[6 + payload.length];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | payload.length);
        System.arraycopy(payload, 0, frame, 6, payload.length);
        return frame;
    }

    @Test
    void aCommandIsAnsweredAndAPositionComesAlsoWhileTheDatabaseIsAway() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Database database = rig.database()) {
            Logs.append(rig, merchant.tenant(database), 3_000);
        }
        try (StreamClient client = connect(merchant, "")) {
            client.next("hello");
            client.send("{\"type\":\"subscribe\",\"after\":0,\"credit\":10}");
            for (int i = 0; i < 10; i++) {
                client.event();
            }
            rig.postgres().crash();
            try {
                // He wants what has to be read, and asks for something besides.
                client.send("{\"type\":\"credit\",\"events\":100000}");
                client.send(create("away", 1_000, ""));
                JsonObject result = result(client);
                assertThat(result.getInt("status")).isEqualTo(503);
                JsonObject frame = client.any(30);
                while (!frame.getString("type").equals("position")) {
                    frame = client.any(30);
                }
            } finally {
                rig.postgres().restart();
            }
            int seq = 0;
            while (seq < 3_000) {
                JsonObject event = client.any(30);
                if (event.getString("type").equals("event")) {
                    seq = event.getJsonObject("event").getInt("seq");
                }
            }
            client.send(create("away", 1_000, ""));
            assertThat(result(client).getInt("status")).isEqualTo(201);
        }
    }

    @Test
    void aBrowsersTicketMovesNoMoney() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        String ticket = merchant.api().post("/v1/stream/tickets", "{}", Map.of()).text("ticket");
        try (StreamClient client =
                new StreamClient(rig.port(), "?after=0&ticket=" + ticket, Map.of())) {
            client.send(create("k", 1_000, ""));

            JsonObject result = result(client);
            assertThat(result.getInt("status")).isEqualTo(403);
            assertThat(merchant.api().get("/v1/payments").json().getJsonArray("data")).isEmpty();
        }
    }

    @Test
    void aCommandWhoseSocketClosesIsDoneAllTheSame() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (StreamClient client = connect(merchant, "")) {
            client.next("hello");
            client.send(create("gone", 1_000, ""));
        }
        Until.is(
                () -> merchant.api().get("/v1/idempotency_keys/gone"),
                answer ->
                        answer.status() == 200
                                && answer.json()
                                        .getJsonObject("payment")
                                        .getString("status")
                                        .equals("captured"));
    }

    private static JsonObject resultOf(StreamClient client, String command) throws Exception {
        client.send(command);
        return result(client);
    }

    private static JsonObject result(StreamClient client) throws InterruptedException {
        while (true) {
            JsonObject frame = client.any();
            if (frame.getString("type").equals("result")) {
                return frame;
            }
        }
    }

    /** The next result, once the event that goes with it was seen. */
    private static JsonObject resultAfterItsEvent(StreamClient client) throws InterruptedException {
        int last = 0;
        while (true) {
            JsonObject frame = client.any();
            switch (frame.getString("type")) {
                case "event" -> last = frame.getJsonObject("event").getInt("seq");
                case "result" -> {
                    assertThat(last).isGreaterThanOrEqualTo(frame.getInt("event_seq"));
                    return frame;
                }
                default -> {}
            }
        }
    }

    private static String create(String id, long amount, String more) {
        return "{\"type\":\"command\",\"id\":\""
                + id
                + "\",\"command\":\"create\",\"body\":"
                + Api.payment(amount, Api.CARD, more)
                + "}";
    }

    private static String modify(String id, String command, String payment, String body) {
        return "{\"type\":\"command\",\"id\":\""
                + id
                + "\",\"command\":\""
                + command
                + "\",\"payment\":\""
                + payment
                + "\",\"body\":"
                + body
                + "}";
    }

    private static StreamClient connect(Rig.Other merchant, String query) {
        return new StreamClient(rig.port(), merchant.api().key(), query);
    }
}
