package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
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
        rig = Rig.start(Map.of("stream.max-commands", "8"));
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
