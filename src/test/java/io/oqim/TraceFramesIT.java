package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens right now, for those who want to see it. */
class TraceFramesIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "banks.breaker-volume", "3",
                                "banks.breaker-delay", "1s"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void theLegsOfAPaymentAreShownAsTheyBeginAndEnd() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (StreamClient watching = connect(rig.port(), merchant, "?after=0&trace=true");
                StreamClient other = connect(rig.port(), merchant, "?after=0")) {
            watching.next("hello");
            watching.next("subscribed");
            watching.next("caught_up");
            other.next("hello");
            other.next("subscribed");
            other.next("caught_up");
            String payment = merchant.api().pay(1_000).text("id");

            List<String> legs = new ArrayList<>();
            while (!legs.contains("commit_2 ended")) {
                JsonObject frame = watching.any();
                if (frame.getString("type").equals("trace")) {
                    JsonObject leg = frame.getJsonObject("trace");
                    assertThat(leg.getString("payment")).isEqualTo(payment);
                    legs.add(leg.getString("leg") + " " + leg.getString("phase"));
                }
            }
            assertThat(legs)
                    .containsSubsequence(
                            "commit_1 began",
                            "commit_1 ended",
                            "bank_sale began",
                            "bank_sale ended",
                            "commit_2 began",
                            "commit_2 ended");
            // Who did not ask for it sees events alone.
            other.next("event");
            other.next("event");
        }
    }

    @Test
    void whatHappensInAnotherProcessIsShownToo() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Rig.Neighbour neighbour = rig.neighbour(Role.STREAM, Map.of());
                StreamClient watching =
                        connect(neighbour.port(), merchant, "?after=0&trace=true")) {
            watching.next("hello");
            // Once the other process has heard that somebody watches here.
            Until.is(
                    () -> {
                        merchant.api().pay(1_000);
                        return next(watching);
                    },
                    frame -> frame.getString("type").equals("trace"));
        }
    }

    @Test
    void whatIsNotATraceMakesNoOtherFrameOfIt() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        long tenant;
        try (Database database = rig.database()) {
            tenant = merchant.tenant(database);
        }
        RedisClient redis = RedisClient.create(rig.redis().url());
        try (StreamClient watching = connect(rig.port(), merchant, "?after=0&trace=true");
                var connection = redis.connect()) {
            watching.next("hello");
            watching.next("subscribed");
            watching.next("caught_up");
            for (String trace :
                    List.of(
                            "{},\"type\":\"event\",\"prev\":0,\"event\":{\"seq\":1}",
                            "{}}",
                            "1",
                            "",
                            "{\"kind\":\"bank\",\"bank\":\"alpha\",\"available\":true,\"at\":\"2026-01-01T00:00:00Z\"}")) {
                var ignored = connection.sync().publish("oqim:traces", "x:" + tenant + ":" + trace);
            }

            JsonObject frame = watching.any();
            while (!frame.getString("type").equals("trace")) {
                assertThat(frame.getString("type")).isEqualTo("position");
                frame = watching.any();
            }
            assertThat(frame.getJsonObject("trace").getString("kind")).isEqualTo("bank");
        } finally {
            redis.shutdown();
        }
    }

    @Test
    void aBankThatGoesAwayAndComesBackIsShown() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (StreamClient watching =
                connect(rig.port(), merchant, "?after=0&types=operation.failed&trace=true")) {
            watching.next("hello");
            rig.stopSandbox();
            try {
                for (int i = 0; i < 4; i++) {
                    merchant.api().pay(1_000);
                }
                Until.is(() -> next(watching), frame -> bank(frame, false));
            } finally {
                rig.restartSandbox();
            }
            Until.is(
                    () -> {
                        merchant.api().pay(1_000);
                        return next(watching);
                    },
                    frame -> bank(frame, true));
        }
    }

    private static boolean bank(JsonObject frame, boolean available) {
        return frame.getString("type").equals("trace")
                && frame.getJsonObject("trace").getString("kind").equals("bank")
                && frame.getJsonObject("trace").getBoolean("available") == available;
    }

    private static JsonObject next(StreamClient client) {
        try {
            return client.any();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static StreamClient connect(int port, Rig.Other merchant, String query) {
        return new StreamClient(port, merchant.api().key(), query);
    }
}
