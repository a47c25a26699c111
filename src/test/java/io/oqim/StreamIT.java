package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

        try (Client client = connect(merchant.api().key(), "?after=0")) {
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

        try (Client client = connect(merchant.api().key(), "?after=0")) {
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

        try (Client client = connect(merchant.api().key(), "?after=4")) {
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

        try (Client client = connect(merchant.api().key(), "")) {
            client.next("hello");
            client.send("{\"type\":\"subscribe\",\"after\":1}");
            client.next("subscribed");
            assertThat(client.event().getJsonObject("event").getInt("seq")).isEqualTo(2);
        }
    }

    @Test
    void whoDoesNotSayFromWhereIsClosedWith4501() throws Exception {
        try (Client client = connect(rig.key(), "")) {
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
            try (Client client = connect(rig.key(), "")) {
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

        try (Client client = connect(merchant.api().key(), "?after=7")) {
            client.next("hello");
            client.next("subscribed");
            assertThat(client.next("resync_required").getInt("head")).isZero();
            assertThat(client.closeCode()).isEqualTo(4502);
        }
    }

    @Test
    void aBadKeyIsRefusedBeforeTheUpgrade() {
        try {
            connect("oq_test_wrong", "?after=0").close();
            throw new AssertionError("connected");
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(WebSocketHandshakeException.class);
            assertThat(((WebSocketHandshakeException) e.getCause()).getResponse().statusCode())
                    .isEqualTo(401);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPlainGetIsToldToUpgrade() {
        Api.Answer answer = rig.api().get("/v1/stream");

        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.code()).isEqualTo("upgrade_required");
    }

    @Test
    void aQuietClientIsPinged() throws Exception {
        try (Client client = connect(rig.key(), "?after=0")) {
            client.next("hello");

            Until.is(client.pings::get, count -> count >= 2);
        }
    }

    @Test
    void everyConsumerOfManyPaymentsSeesEverySequenceOnceInOrder() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Client one = connect(merchant.api().key(), "?after=0");
                Client two = connect(merchant.api().key(), "?after=0")) {
            try (var payers = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 100; i++) {
                    var ignored = payers.submit(() -> merchant.api().pay(1_000));
                }
            }
            for (Client client : List.of(one, two)) {
                for (int seq = 1; seq <= 200; seq++) {
                    JsonObject frame = client.event();
                    assertThat(frame.getInt("prev")).isEqualTo(seq - 1);
                    assertThat(frame.getJsonObject("event").getInt("seq")).isEqualTo(seq);
                }
            }
        }
    }

    private static Client connect(String key, String query) {
        return new Client(key, query);
    }

    /** A consumer. */
    private static final class Client implements WebSocket.Listener, AutoCloseable {
        private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        private final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
        private final AtomicInteger pings = new AtomicInteger();
        private final StringBuilder text = new StringBuilder();
        private final HttpClient http = HttpClient.newHttpClient();
        private final WebSocket socket;

        Client(String key, String query) {
            socket =
                    http.newWebSocketBuilder()
                            .header("Authorization", "Bearer " + key)
                            .subprotocols("oqim.v1")
                            .connectTimeout(Duration.ofSeconds(5))
                            .buildAsync(
                                    URI.create(
                                            "ws://127.0.0.1:" + rig.port() + "/v1/stream" + query),
                                    this)
                            .join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                frames.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPing(WebSocket from, java.nio.ByteBuffer message) {
            pings.incrementAndGet();
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closes.add(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closes.add(1006);
        }

        void send(String frame) {
            socket.sendText(frame, true).join();
        }

        String raw() throws InterruptedException {
            String frame = frames.poll(10, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no frame came; closed with " + closes.peek());
            }
            return frame;
        }

        /** The next frame, which must be of this type. */
        JsonObject next(String type) throws InterruptedException {
            JsonObject frame;
            try (var reader = Json.createReader(new StringReader(raw()))) {
                frame = reader.readObject();
            }
            assertThat(frame.getString("type")).as(frame.toString()).isEqualTo(type);
            return frame;
        }

        /** The next event, whatever else is said in between. */
        JsonObject event() throws InterruptedException {
            while (true) {
                try (var reader = Json.createReader(new StringReader(raw()))) {
                    JsonObject frame = reader.readObject();
                    if (frame.getString("type").equals("event")) {
                        return frame;
                    }
                }
            }
        }

        int closeCode() throws InterruptedException {
            Integer code = closes.poll(10, TimeUnit.SECONDS);
            return code == null ? -1 : code;
        }

        @Override
        public void close() {
            socket.abort();
            http.shutdownNow();
        }
    }
}
