package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The event stream over WebSocket, opened by the JDK's own client. */
class StreamIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start(Map.of("stream.subscribe-timeout", "700ms", "stream.heartbeat", "300ms"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void whatIsThereComesFirstThenCaughtUpThenWhatHappensNext() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        String before = merchant.api().pay(1_000).text("id");

        try (StreamClient client = connect(merchant.api().key(), "?after=0")) {
            assertThat(client.next("hello").getInt("head")).isEqualTo(2);
            assertThat(client.next("subscribed").getInt("seq")).isZero();
            assertThat(client.event().getJsonObject("event").getString("type"))
                    .isEqualTo("payment.created");
            JsonObject captured = client.event();
            assertThat(captured.getInt("prev")).isEqualTo(1);
            assertThat(captured.getJsonObject("event").getString("payment")).isEqualTo(before);
            assertThat(client.next("caught_up").getInt("seq")).isEqualTo(2);

            String live = merchant.api().pay(2_000).text("id");

            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(3);
            assertThat(client.event().getJsonObject("event").getString("payment")).isEqualTo(live);
        }
    }

    @Test
    void theStreamAndTheListHaveTheSameBytes() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);

        String list = merchant.api().get("/v1/events?after=0").body();

        try (StreamClient client = connect(merchant.api().key(), "?after=0")) {
            client.next("hello");
            client.next("subscribed");
            String frame = client.raw();
            String event = frame.substring(frame.indexOf("\"event\":{") + 8, frame.length() - 1);
            assertThat(list).contains(event);
        }
    }

    @Test
    void aResumedStreamGoesOnRightAfterTheLastSequence() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        for (int i = 0; i < 3; i++) {
            merchant.api().pay(1_000);
        }

        try (StreamClient client = connect(merchant.api().key(), "?after=4")) {
            client.next("hello");
            client.next("subscribed");
            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(5);
            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(6);
            assertThat(client.next("caught_up").getInt("seq")).isEqualTo(6);
        }
    }

    @Test
    void aFirstFrameCanSayFromWhere() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);

        try (StreamClient client = connect(merchant.api().key(), "")) {
            client.next("hello");
            client.send("{\"type\":\"subscribe\",\"after\":1}");
            client.next("subscribed");
            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(2);
        }
    }

    @Test
    void whoDoesNotSayFromWhereIsClosedWith4501() throws Exception {
        try (StreamClient client = connect(rig.key(), "")) {
            client.next("hello");
            assertThat(client.next("error").getString("code")).isEqualTo("subscribe_timeout");
            assertThat(client.closeCode()).isEqualTo(4501);
        }
    }

    @Test
    void nonsenseIsAnsweredAndClosedWith4501() throws Exception {
        for (String nonsense :
                List.of(
                        "{",
                        "[]",
                        "{\"type\":\"dance\"}",
                        "{\"type\":\"subscribe\"}",
                        "{\"type\":\"subscribe\",\"after\":\"x\"}",
                        "{\"type\":\"subscribe\",\"after\":-1}",
                        "{\"type\":\"subscribe\",\"after\":1,\"x\":2}")) {
            try (StreamClient client = connect(rig.key(), "")) {
                client.next("hello");
                client.send(nonsense);
                assertThat(client.next("error").getString("code")).as(nonsense).isNotEmpty();
                assertThat(client.closeCode()).as(nonsense).isEqualTo(4501);
            }
        }
    }

    @Test
    void aPositionAboveTheHeadNeedsAResync() throws Exception {
        Rig.Other merchant = rig.otherMerchant();

        try (StreamClient client = connect(merchant.api().key(), "?after=7")) {
            client.next("hello");
            client.next("subscribed");
            assertThat(client.next("resync_required").getInt("head")).isZero();
            assertThat(client.closeCode()).isEqualTo(4502);
        }
    }

    @Test
    void aBadKeyIsRefusedBeforeTheUpgrade() {
        assertThat(refused(rig.port(), "oq_test_wrong")).isEqualTo(401);
    }

    @Test
    void aPlainGetIsToldToUpgrade() {
        Api.Answer answer = rig.api().get("/v1/stream");

        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.code()).isEqualTo("upgrade_required");
    }

    @Test
    void aQuietClientIsPinged() throws Exception {
        try (StreamClient client = connect(rig.key(), "?after=0")) {
            client.next("hello");

            Until.is(client::pings, count -> count >= 2);
        }
    }

    @Test
    void everyConsumerOfManyPaymentsSeesEverySequenceOnceInOrder() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (StreamClient one = connect(merchant.api().key(), "?after=0");
                StreamClient two = connect(merchant.api().key(), "?after=0")) {
            try (var payers = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 100; i++) {
                    var ignored = payers.submit(() -> merchant.api().pay(1_000));
                }
            }
            for (StreamClient client : List.of(one, two)) {
                for (int seq = 1; seq <= 200; seq++) {
                    JsonObject frame = client.event();
                    assertThat(frame.getInt("prev")).isEqualTo(seq - 1);
                    assertThat(frame.getJsonObject("event").getInt("seq")).isEqualTo(seq);
                }
            }
        }
    }

    @Test
    void aTenantHasAsManyStreamsAsItMayAndNoMore() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Rig.Neighbour narrow =
                        rig.neighbour(
                                Role.STREAM, Map.of("stream.max-connections-per-tenant", "1"));
                StreamClient first =
                        new StreamClient(narrow.port(), merchant.api().key(), "?after=0")) {
            first.next("hello");

            assertThat(refused(narrow.port(), merchant.api().key())).isEqualTo(429);
            try (StreamClient other = new StreamClient(narrow.port(), rig.key(), "?after=0")) {
                other.next("hello");
            }
        }
    }

    @Test
    void aProcessHasAsManyStreamsAsItMayAndNoMore() throws Exception {
        try (Rig.Neighbour narrow =
                        rig.neighbour(Role.STREAM, Map.of("stream.max-connections", "1"));
                StreamClient first = new StreamClient(narrow.port(), rig.key(), "?after=0")) {
            first.next("hello");

            assertThat(refused(narrow.port(), rig.otherMerchant().api().key())).isEqualTo(503);
        }
    }

    @Test
    void aProcessThatStopsSendsItsStreamsElsewhereAndTheyMissNothing() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        StreamClient client;
        int last;
        try (Rig.Neighbour stopping = rig.neighbour(Role.STREAM, Map.of())) {
            client = new StreamClient(stopping.port(), merchant.api().key(), "?after=0");
            client.event();
            last = client.event().getJsonObject("event").getInt("seq");
        }
        assertThat(client.closeCode()).isEqualTo(4001);
        assertThat(client.closeReason()).matches("shutdown; reconnect in \\d{1,5} ms");
        client.close();
        merchant.api().pay(2_000);

        try (StreamClient again = connect(merchant.api().key(), "?after=" + last)) {
            assertThat(again.event().getJsonObject("event").getInt("seq")).isEqualTo(last + 1);
            assertThat(again.event().getJsonObject("event").getInt("seq")).isEqualTo(last + 2);
        }
    }

    @Test
    void aHintOfWhatIsNotThereHidesNothingThatComes() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (var database = rig.database();
                StreamClient client = connect(merchant.api().key(), "?after=0")) {
            client.event();
            client.event();
            rig.redis().publish("oqim:events", merchant.tenant(database) + ":999999999999");

            merchant.api().pay(2_000);

            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(3);
            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(4);
        }
    }

    @Test
    void aLogThatAFailoverHasCutAsksForAResync() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (var database = rig.database();
                StreamClient client = connect(merchant.api().key(), "?after=0")) {
            client.event();
            client.event();
            long tenant = merchant.tenant(database);
            // As after a failover to a standby that never got the last event.
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            "UPDATE tenant_head h SET seq = 1, hash = e.hash FROM event e"
                                    + " WHERE h.tenant = %d AND e.tenant = %d AND e.seq = 1;"
                                            .formatted(tenant, tenant)
                                    + "DELETE FROM event WHERE tenant = %d AND seq > 1"
                                            .formatted(tenant));

            merchant.api().pay(2_000);
            merchant.api().pay(3_000);

            Until.is(
                    () -> nextOf(client),
                    frame -> frame.getString("type").equals("resync_required"));
            assertThat(client.closeCode()).isEqualTo(4502);
        }
    }

    private static JsonObject nextOf(StreamClient client) {
        try {
            return client.any();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The status by which a handshake was refused. */
    private static int refused(int port, String key) {
        try {
            new StreamClient(port, key, "?after=0").close();
            throw new AssertionError("connected");
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }

    private static StreamClient connect(String key, String query) {
        return new StreamClient(rig.port(), key, query);
    }
}
