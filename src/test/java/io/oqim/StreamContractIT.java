package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What asyncapi.yaml promises beyond the plain stream: filters, positions, credit, consumers. */
class StreamContractIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "stream.heartbeat", "1s",
                                "stream.ack-pause", "50ms",
                                "stream.key-check", "100ms",
                                "stream.max-consumers", "2"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void aFilterHoldsBackWhatItDoesNotNameAndLeavesNoApparentGap() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        for (int i = 0; i < 3; i++) {
            merchant.api().pay(1_000);
        }

        try (StreamClient client = connect(merchant, "?after=0&types=payment.captured")) {
            client.next("hello");
            client.next("subscribed");
            long known = 0;
            for (int seq = 2; seq <= 6; seq += 2) {
                JsonObject frame = client.event();
                assertThat(frame.getInt("prev")).isEqualTo((int) known);
                assertThat(frame.getJsonObject("event").getInt("seq")).isEqualTo(seq);
                assertThat(frame.getJsonObject("event").getString("type"))
                        .isEqualTo("payment.captured");
                known = seq;
            }
            assertThat(client.next("caught_up").getInt("seq")).isEqualTo(6);
        }
    }

    @Test
    void aStreamCanFollowOnePayment() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        String wanted = merchant.api().pay(2_000).text("id");
        merchant.api().pay(3_000);

        try (StreamClient client = connect(merchant, "?after=0&payment=" + wanted)) {
            client.next("hello");
            client.next("subscribed");
            assertThat(client.next("event").getInt("prev")).isZero();
            assertThat(client.next("event").getJsonObject("event").getString("payment"))
                    .isEqualTo(wanted);
            assertThat(client.next("caught_up").getInt("seq")).isEqualTo(6);
        }
    }

    @Test
    void aFilterCanBeChangedOnTheOpenStream() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (StreamClient client = connect(merchant, "?after=0&types=operation.failed")) {
            client.next("hello");
            client.next("subscribed");
            client.next("caught_up");
            merchant.api().pay(1_000);
            JsonObject position =
                    Until.is(() -> frame(client, "position"), frame -> frame.getInt("seq") == 2);

            client.send("{\"type\":\"subscribe\",\"types\":[\"payment.*\"]}");
            assertThat(frame(client, "subscribed").getInt("seq")).isEqualTo(position.getInt("seq"));
            merchant.api().pay(1_000);

            JsonObject next = frame(client, "event");
            assertThat(next.getInt("prev")).isEqualTo(2);
            assertThat(next.getJsonObject("event").getInt("seq")).isEqualTo(3);
        }
    }

    @Test
    void anOpenStreamCanGoBack() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (StreamClient client = connect(merchant, "?after=2")) {
            client.next("hello");
            client.next("subscribed");
            client.next("caught_up");

            client.send("{\"type\":\"subscribe\",\"after\":0}");

            assertThat(client.next("subscribed").getInt("seq")).isZero();
            assertThat(client.next("event").getJsonObject("event").getInt("seq")).isEqualTo(1);
            assertThat(client.next("event").getJsonObject("event").getInt("seq")).isEqualTo(2);
            client.next("caught_up");
        }
    }

    @Test
    void aPositionComesAtLeastEveryHeartbeat() throws Exception {
        try (StreamClient client = connect(rig.otherMerchant(), "?after=0")) {
            client.next("hello");
            client.next("subscribed");
            client.next("caught_up");
            assertThat(client.next("position").getInt("seq")).isZero();
            assertThat(client.next("position").getInt("seq")).isZero();
        }
    }

    @Test
    void creditIsHowManyEventsComeAndNoMore() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        for (int i = 0; i < 3; i++) {
            merchant.api().pay(1_000);
        }
        try (StreamClient client = connect(merchant, "")) {
            client.next("hello");
            client.send("{\"type\":\"subscribe\",\"after\":0,\"credit\":2}");
            client.next("subscribed");
            client.next("event");
            client.next("event");
            // No third one: the heartbeat's position is what comes next.
            assertThat(client.next("position").getInt("seq")).isEqualTo(2);

            client.send("{\"type\":\"credit\",\"events\":1}");
            assertThat(frame(client, "event").getJsonObject("event").getInt("seq")).isEqualTo(3);
            assertThat(client.next("position").getInt("seq")).isEqualTo(3);

            client.send("{\"type\":\"credit\",\"events\":100}");
            assertThat(frame(client, "event").getJsonObject("event").getInt("seq")).isEqualTo(4);
            client.next("event");
            client.next("event");
            assertThat(client.next("caught_up").getInt("seq")).isEqualTo(6);
        }
    }

    @Test
    void whatAConsumerAcknowledgesIsKeptAndThereItGoesOn() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        merchant.api().pay(1_000);
        try (StreamClient client = connect(merchant, "?consumer=ledger")) {
            client.next("hello");
            assertThat(client.next("subscribed").getInt("seq")).isZero();
            for (int i = 0; i < 3; i++) {
                client.event();
            }
            client.send("{\"type\":\"ack\",\"seq\":3}");
            assertThat(frame(client, "acked").getInt("seq")).isEqualTo(3);
        }
        JsonObject kept = merchant.api().get("/v1/stream/consumers/ledger").json();
        assertThat(kept.getInt("seq")).isEqualTo(3);

        try (StreamClient client = connect(merchant, "?consumer=ledger")) {
            client.next("hello");
            assertThat(client.next("subscribed").getInt("seq")).isEqualTo(3);
            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(4);
            // An acknowledgement that comes late takes nothing back.
            client.send("{\"type\":\"ack\",\"seq\":1}");
            frame(client, "acked");
        }
        assertThat(merchant.api().get("/v1/stream/consumers/ledger").json().getInt("seq"))
                .isEqualTo(3);
    }

    @Test
    void theBeginningOfALogCanBeAcknowledgedToo() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (StreamClient client = connect(merchant, "?after=0&consumer=careful")) {
            client.next("hello");
            client.next("subscribed");
            client.send("{\"type\":\"ack\",\"seq\":0}");

            assertThat(frame(client, "acked").getInt("seq")).isZero();
        }
    }

    @Test
    void acknowledgementsNeverGoBackHoweverCloseTheyCome() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (StreamClient one = connect(merchant, "?consumer=pair");
                StreamClient two = connect(merchant, "?consumer=pair")) {
            for (StreamClient client : List.of(one, two)) {
                client.event();
                client.event();
            }
            one.send("{\"type\":\"ack\",\"seq\":2}");
            two.send("{\"type\":\"ack\",\"seq\":1}");
            one.send("{\"type\":\"ack\",\"seq\":1}");

            assertThat(frame(one, "acked").getInt("seq")).isPositive();
            assertThat(frame(two, "acked").getInt("seq")).isEqualTo(1);
        }
        assertThat(merchant.api().get("/v1/stream/consumers/pair").json().getInt("seq"))
                .isEqualTo(2);
    }

    @Test
    void aReaderCanAcknowledgeAndAskWhileALongLogComesToHim() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Database database = rig.database()) {
            Logs.append(rig, merchant.tenant(database), 30_000);
        }
        try (StreamClient client = connect(merchant, "?consumer=behind")) {
            client.event();
            client.send("{\"type\":\"ack\",\"seq\":1}");
            client.send(
                    "{\"type\":\"command\",\"id\":\"x\",\"command\":\"refund\",\"payment\":\"pay_x\"}");
            int events = 1;
            int acked = 0;
            int result = 0;
            while (acked == 0 || result == 0) {
                switch (client.any().getString("type")) {
                    case "event" -> events++;
                    case "acked" -> acked = events;
                    case "result" -> result = events;
                    default -> {}
                }
            }
            assertThat(acked).isLessThan(30_000);
            assertThat(result).isLessThan(30_000);
        }
    }

    @Test
    void aConsumerWhoComesBackToALogThatWasReplacedIsTold() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (Database database = rig.database()) {
            long tenant = merchant.tenant(database);
            try (StreamClient client = connect(merchant, "?consumer=careful")) {
                client.event();
                client.event();
                client.send("{\"type\":\"ack\",\"seq\":2}");
                frame(client, "acked");
            }
            // As after a failover that lost the last event, and went on.
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            "UPDATE tenant_head h SET seq = 1, hash = e.hash FROM event e WHERE h.tenant = %1$d AND e.tenant = %1$d AND e.seq = 1; DELETE FROM event WHERE tenant = %1$d AND seq > 1"
                                    .formatted(tenant));
            Logs.append(rig, tenant, 5);
            try (StreamClient client = connect(merchant, "?consumer=careful")) {
                client.next("hello");
                client.next("subscribed");
                client.next("resync_required");
            }
        }
    }

    @Test
    void aBrowsersTicketMovesNoConsumer() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (StreamClient client =
                new StreamClient(
                        rig.port(),
                        "?consumer=ledger&ticket=" + ticket(merchant, "{}"),
                        Map.of("Origin", "https://shop.example"))) {
            client.next("hello");
            assertThat(client.next("error").getString("code")).isEqualTo("consumer_not_allowed");
            assertThat(client.closeCode()).isEqualTo(4501);
        }
    }

    @Test
    void consumersAreListedForgottenAndBounded() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        for (String name : List.of("b", "a")) {
            try (StreamClient client = connect(merchant, "?consumer=" + name)) {
                client.next("hello");
                client.next("subscribed");
            }
        }
        JsonObject list = merchant.api().get("/v1/stream/consumers?limit=1").json();
        assertThat(list.getJsonArray("data").getJsonObject(0).getString("name")).isEqualTo("a");
        assertThat(list.getString("next_after")).isEqualTo("a");
        try (StreamClient client = connect(merchant, "?consumer=c")) {
            client.next("hello");
            assertThat(client.next("error").getString("code")).isEqualTo("too_many_consumers");
            assertThat(client.closeCode()).isEqualTo(4501);
        }

        assertThat(merchant.api().delete("/v1/stream/consumers/a").status()).isEqualTo(204);
        assertThat(merchant.api().delete("/v1/stream/consumers/a").status()).isEqualTo(404);
        assertThat(merchant.api().get("/v1/stream/consumers/a").status()).isEqualTo(404);
        try (StreamClient client = connect(merchant, "?consumer=c")) {
            client.next("hello");
            client.next("subscribed");
        }
    }

    @Test
    void anotherLogThanTheOneThatWasReadAsksForAResync() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        JsonObject event =
                merchant.api()
                        .get("/v1/events?after=0")
                        .json()
                        .getJsonArray("data")
                        .getJsonObject(0);
        String good = event.getString("hash");
        String bad = "0".repeat(64);

        try (StreamClient client = connect(merchant, "?after=1&after_hash=" + good)) {
            client.next("hello");
            client.next("subscribed");
            client.next("event");
        }
        for (String query :
                List.of(
                        "?after=1&after_hash=" + bad,
                        "?after=2&after_hash=" + bad,
                        "?after=1&epoch=" + new UUID(0, 1))) {
            try (StreamClient client = connect(merchant, query)) {
                client.next("hello");
                client.next("subscribed");
                assertThat(client.next("resync_required").getInt("head")).isEqualTo(2);
                assertThat(client.closeCode()).isEqualTo(4502);
            }
            assertThat(merchant.api().get("/v1/events" + query).code())
                    .isEqualTo("resync_required");
        }
    }

    @Test
    void aTicketOpensOneStreamForItsOriginAndThenIsGone() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        String ticket = ticket(merchant, "{\"origin\":\"https://shop.example\"}");

        try (StreamClient client = open(rig.port(), ticket, "https://shop.example")) {
            client.next("hello");
            client.next("subscribed");
            client.event();
        }
        assertRefused(ticket, "https://shop.example");
        assertRefused(
                ticket(merchant, "{\"origin\":\"https://shop.example\"}"), "https://evil.example");
        assertRefused("oqt_" + "A".repeat(43), "https://shop.example");
        assertRefused("nonsense", "https://shop.example");
    }

    @Test
    void aStreamThatATicketOpenedEndsWhenItsTimeIsOver() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Rig.Neighbour brief =
                        rig.neighbour(Role.STREAM, Map.of("stream.ticket-session", "500ms"));
                StreamClient client =
                        open(brief.port(), ticket(merchant, "{}"), "https://shop.example")) {
            client.next("hello");
            assertThat(client.closeCode()).isEqualTo(4005);
        }
    }

    @Test
    void revokingAKeyClosesTheStreamsThatItHasOpened() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        Rig.Other another = rig.otherMerchant();
        try (StreamClient byKey = connect(merchant, "?after=0");
                StreamClient byTicket =
                        open(rig.port(), ticket(merchant, "{}"), "https://shop.example");
                StreamClient stays = connect(another, "?after=0")) {
            byKey.next("hello");
            byTicket.next("hello");
            stays.next("hello");
            String unused = ticket(merchant, "{}");
            rig.revokeKeys(merchant);

            assertThat(byKey.closeCode()).isEqualTo(4500);
            assertThat(byTicket.closeCode()).isEqualTo(4500);
            assertRefused(unused, "https://shop.example");
            another.api().pay(1_000);
            assertThat(stays.event().getJsonObject("event").getInt("seq")).isEqualTo(1);
        }
    }

    @Test
    void aPaymentFilterIsTakenAwayOnTheOpenStream() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        String wanted = merchant.api().pay(1_000).text("id");
        try (StreamClient client = connect(merchant, "?after=0&payment=" + wanted)) {
            client.next("hello");
            client.next("subscribed");
            client.event();
            client.event();
            client.next("caught_up");
            merchant.api().pay(2_000);
            client.send("{\"type\":\"subscribe\",\"payment\":\"*\"}");
            frame(client, "subscribed");
            merchant.api().pay(3_000);

            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(5);
            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(6);
        }
    }

    @Test
    void creditThatIsGivenBesideAChangeIsOfWhatComesAfterIt() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        for (int i = 0; i < 6; i++) {
            merchant.api().pay(1_000);
        }
        try (StreamClient client = connect(merchant, "")) {
            client.next("hello");
            client.send("{\"type\":\"subscribe\",\"after\":0,\"credit\":1}");
            client.send("{\"type\":\"subscribe\",\"types\":[\"payment.captured\"],\"credit\":2}");
            client.send("{\"type\":\"credit\",\"events\":2}");
            client.next("subscribed");
            JsonObject frame = client.any();
            while (!frame.getString("type").equals("subscribed")) {
                frame = client.any();
            }
            for (int i = 0; i < 4; i++) {
                assertThat(client.event().getJsonObject("event").getString("type"))
                        .isEqualTo("payment.captured");
            }
            // Nothing more comes than was asked for; a position does.
            assertThat(client.any().getString("type")).isEqualTo("position");
        }
    }

    @Test
    void aStreamHasOneConsumerForAsLongAsItLasts() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (StreamClient client = connect(merchant, "?consumer=one")) {
            client.event();
            client.send("{\"type\":\"subscribe\",\"consumer\":\"one\",\"types\":[]}");
            frame(client, "subscribed");
            client.send("{\"type\":\"subscribe\",\"consumer\":\"two\"}");

            assertThat(frame(client, "error").getString("code")).isEqualTo("consumer_set");
            assertThat(client.closeCode()).isEqualTo(4501);
        }
    }

    @Test
    void aMerchantHasOnlySoManyStreamsAndWhoeverComesNextIsTold() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        Rig.Other another = rig.otherMerchant();
        try (Rig.Neighbour narrow =
                rig.neighbour(Role.STREAM, Map.of("stream.max-connections-per-tenant", "1"))) {
            try (StreamClient first = at(narrow, merchant);
                    StreamClient ofAnother = at(narrow, another)) {
                first.next("hello");
                ofAnother.next("hello");

                Api.Answer second = handshake(narrow.port(), merchant);
                assertThat(second.status()).isEqualTo(429);
                assertThat(second.code()).isEqualTo("too_many_connections");
                assertThat(second.header("Retry-After")).isPresent();
                // A browser sees only why a socket closed.
                try (StreamClient browser =
                        open(narrow.port(), ticket(merchant, "{}"), "https://shop.example")) {
                    assertThat(browser.closeCode()).isEqualTo(4504);
                }
            }
            Until.is(() -> handshake(narrow.port(), merchant).status(), status -> status == 101);
        }
    }

    private static StreamClient at(Rig.Neighbour process, Rig.Other merchant) {
        return new StreamClient(process.port(), merchant.api().key(), "?after=0");
    }

    private static Api.Answer handshake(int port, Rig.Other merchant) {
        return RawHttp.send(
                port,
                """
                GET /v1/stream HTTP/1.1\r
                Host: localhost\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r
                Authorization: Bearer %s\r
                \r
                """
                        .formatted(merchant.api().key()));
    }

    @Test
    void aTicketIsNotSpentOnWhatWouldBeRefusedWhoeverAsks() throws Exception {
        String ticket = ticket(rig.otherMerchant(), "{}");
        Api nobody = new Api("http://127.0.0.1:" + rig.port(), "");
        assertThat(nobody.get("/v1/stream?ticket=" + ticket).status()).isEqualTo(426);
        assertThat(nobody.get("/v1/stream?after=x&ticket=" + ticket).status()).isEqualTo(422);
        assertThat(nobody.get("/v1/stream?types=payment.*&ticket=" + ticket).code())
                .isEqualTo("missing_field");

        try (StreamClient client = open(rig.port(), ticket, "https://shop.example")) {
            client.next("hello");
        }
    }

    @Test
    void framesThatMakeNoSenseSayWhyAndClose() throws Exception {
        Map<String, String> nonsense =
                Map.of(
                        "{\"type\":\"ack\",\"seq\":1}",
                        "not_subscribed",
                        "{\"type\":\"credit\",\"events\":1}",
                        "not_subscribed",
                        "{\"type\":\"subscribe\"}",
                        "missing_field",
                        "{\"type\":\"subscribe\",\"after\":0,\"types\":[\"Payment\"]}",
                        "invalid_value",
                        "{\"type\":\"subscribe\",\"after\":0,\"types\":\"payment.*\"}",
                        "wrong_type",
                        "{\"type\":\"subscribe\",\"after\":0,\"payment\":\"pay_x\"}",
                        "invalid_value",
                        "{\"type\":\"subscribe\",\"after_hash\":\"" + "0".repeat(64) + "\"}",
                        "invalid_value",
                        "{\"type\":\"subscribe\",\"after\":0,\"credit\":0}",
                        "invalid_value",
                        "{\"type\":\"subscribe\",\"after\":0,\"consumer\":\"-\"}",
                        "invalid_value");
        for (var entry : nonsense.entrySet()) {
            try (StreamClient client = connect(rig.otherMerchant(), "")) {
                client.next("hello");
                client.send(entry.getKey());
                assertThat(client.next("error").getString("code"))
                        .as(entry.getKey())
                        .isEqualTo(entry.getValue());
                assertThat(client.closeCode()).as(entry.getKey()).isEqualTo(4501);
            }
        }
        try (StreamClient client = connect(rig.otherMerchant(), "?consumer=x")) {
            client.next("hello");
            client.next("subscribed");
            client.send("{\"type\":\"ack\",\"seq\":1}");
            assertThat(frame(client, "error").getString("code")).isEqualTo("invalid_value");
        }
        try (StreamClient client = connect(rig.otherMerchant(), "?after=0")) {
            client.next("hello");
            client.next("subscribed");
            client.send("{\"type\":\"ack\",\"seq\":0}");
            assertThat(frame(client, "error").getString("code")).isEqualTo("no_consumer");
        }
        try (StreamClient client = connect(rig.otherMerchant(), "?after=0")) {
            client.next("hello");
            client.next("subscribed");
            client.send("{\"type\":\"credit\",\"events\":1}");
            assertThat(frame(client, "error").getString("code")).isEqualTo("no_credit");
        }
    }

    @Test
    void whatSlipsPastTheFilterIsToldAtLeastEveryThousandEvents() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Database database = rig.database()) {
            Logs.append(rig, merchant.tenant(database), 2_500);
        }
        try (StreamClient client = connect(merchant, "?after=0&types=payment.refunded")) {
            client.next("hello");
            client.next("subscribed");
            assertThat(client.next("position").getInt("seq")).isEqualTo(1_000);
            assertThat(client.next("position").getInt("seq")).isEqualTo(2_000);
            assertThat(client.next("caught_up").getInt("seq")).isEqualTo(2_500);
        }
    }

    /** The next frame of this type, whatever comes in between. */
    private static JsonObject frame(StreamClient client, String type) {
        try {
            while (true) {
                JsonObject frame = client.any();
                if (frame.getString("type").equals(type)) {
                    return frame;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ticket(Rig.Other merchant, String body) {
        Api.Answer answer = merchant.api().post("/v1/stream/tickets", body, Map.of());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("ticket");
    }

    private static StreamClient open(int port, String ticket, String origin) {
        return new StreamClient(port, "?after=0&ticket=" + ticket, Map.of("Origin", origin));
    }

    private static void assertRefused(String ticket, String origin) throws Exception {
        try (StreamClient client = open(rig.port(), ticket, origin)) {
            assertThat(client.closeCode()).isEqualTo(4500);
        }
    }

    private static StreamClient connect(Rig.Other merchant, String query) {
        return new StreamClient(rig.port(), merchant.api().key(), query);
    }
}
