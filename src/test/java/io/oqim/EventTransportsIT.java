package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.LocalPostgres;
import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The log by server-sent events and by long poll: the same events, the same rules. */
class EventTransportsIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "stream.heartbeat", "300ms",
                                "stream.key-check", "100ms",
                                "stream.write-deadline", "500ms"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void serverSentEventsHaveTheBytesOfTheListAndGoOnAsThingsHappen() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        String list = merchant.api().get("/v1/events?after=0").body();

        try (SseClient client = sse(merchant, "?after=0")) {
            assertThat(client.type()).isEqualTo("text/event-stream");
            assertThat(client.next("hello").data()).contains("\"head\":2");
            SseClient.Message first = client.next("message");
            assertThat(first.id()).isEqualTo("1");
            assertThat(list).contains(first.data());
            SseClient.Message second = client.next("message");
            assertThat(list)
                    .isEqualTo(
                            "{\"object\":\"list\",\"data\":["
                                    + first.data()
                                    + ","
                                    + second.data()
                                    + "],\"has_more\":false,\"next_after\":2}");
            assertThat(client.next("caught_up").data()).isEqualTo("{\"seq\":2}");

            merchant.api().pay(2_000);

            assertThat(client.next("message").id()).isEqualTo("3");
            assertThat(client.next("message").id()).isEqualTo("4");
            Until.is(client::comments, count -> count >= 2);
        }
    }

    @Test
    void aClientThatComesBackSendsItsLastIdAndMissesNothing() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        merchant.api().pay(1_000);

        try (SseClient client = sse(merchant, "?after=0", "Last-Event-ID", "3")) {
            client.next("hello");
            assertThat(client.next("message").id()).isEqualTo("4");
            assertThat(client.next("caught_up").id()).isEqualTo("4");
        }
    }

    @Test
    void whatAFilterHoldsBackMovesTheIdAlong() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (SseClient client = sse(merchant, "?after=0&types=payment.captured")) {
            client.next("hello");
            assertThat(client.next("message").id()).isEqualTo("2");
            client.next("caught_up");
            try (Database database = rig.database()) {
                Logs.append(rig, merchant.tenant(database), 5);
            }

            Until.is(client::lastId, "7"::equals);
        }
    }

    @Test
    void aFilteredStreamSaysThatItIsThereAlsoWhileEventsKeepComing() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (SseClient client = sse(merchant, "?after=0&types=operation.failed")) {
            client.next("hello");
            client.next("caught_up");

            // Each payment comes sooner than the heartbeat is over.
            Until.is(
                    () -> {
                        merchant.api().pay(1_000);
                        return client.comments();
                    },
                    count -> count >= 2);
        }
    }

    @Test
    void aPlaceToResumeFromGoesBeforeTheOneInTheAddressAndItsHash() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        String hash =
                merchant.api()
                        .get("/v1/events?after=0&limit=1")
                        .json()
                        .getJsonArray("data")
                        .getJsonObject(0)
                        .getString("hash");
        try (SseClient client =
                sse(merchant, "?after=1&after_hash=" + hash, "Last-Event-ID", "2")) {
            assertThat(client.status()).isEqualTo(200);
            client.next("hello");
            assertThat(client.next("caught_up").id()).isEqualTo("2");
        }
    }

    @Test
    void aPageThatIsThereTakesNoPlaceOfAStream() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Rig.Neighbour narrow =
                        rig.neighbour(
                                Role.STREAM, Map.of("stream.max-connections-per-tenant", "1"));
                SseClient only =
                        new SseClient(
                                narrow.api().url() + "/v1/events/stream?after=0",
                                merchant.api().key())) {
            only.next("hello");
            Api api = narrow.api(merchant.api().key());
            assertThat(api.get("/v1/events?after=0").status()).isEqualTo(200);
            assertThat(api.get("/v1/events?after=0&wait=1").status()).isEqualTo(429);
        }
    }

    @Test
    void aMerchantReadsOnlySoManyPagesAtTheSameMoment() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (Rig.Neighbour narrow =
                        rig.neighbour(Role.STREAM, Map.of("stream.max-pages-per-tenant", "1"));
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Api api = narrow.api(merchant.api().key());
            Future<Api.Answer> first;
            try (Connection owner =
                            DriverManager.getConnection(
                                    rig.postgres().url(rig.databaseName()),
                                    LocalPostgres.MIGRATE_ROLE,
                                    LocalPostgres.PASSWORD);
                    Statement statement = owner.createStatement()) {
                owner.setAutoCommit(false);
                statement.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE");
                first = readers.submit(() -> api.get("/v1/events?after=0"));
                // It waits for a lock of that table, and so holds the merchant's only place.
                Until.is(() -> waitsForEvents(owner), yes -> yes);
                Api.Answer second = api.get("/v1/events?after=1");
                assertThat(second.status()).isEqualTo(429);
                assertThat(second.code()).isEqualTo("too_many_pages");
                assertThat(second.header("Retry-After")).isPresent();
                owner.rollback();
            }
            assertThat(first.get().json().getJsonArray("data")).hasSize(2);
            assertThat(api.get("/v1/events?after=0").status()).isEqualTo(200);
        }
    }

    private static boolean waitsForEvents(Connection owner) {
        try (Statement statement = owner.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT count(*) FROM pg_locks WHERE NOT granted"
                                        + " AND relation = 'event'::regclass")) {
            row.next();
            return row.getInt(1) > 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aKeyThatIsRevokedEndsTheStreamsThatItHasOpenedAndSaysSo() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (SseClient client = sse(merchant, "?after=0")) {
            client.next("hello");
            client.next("caught_up");
            rig.revokeKeys(merchant);

            assertThat(client.next("closing").data()).contains("\"reason\":\"key_revoked\"");
            client.next("end");
        }
    }

    @Test
    void anExportIsWholeAlsoBesideAReaderWhoseTailLags() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Database database = rig.database();
                Rig.Neighbour lagging =
                        rig.neighbour(Role.STREAM, Map.of("stream.head-poll", "1m"));
                SseClient beside =
                        new SseClient(
                                lagging.api().url() + "/v1/events/stream?after=0",
                                merchant.api().key())) {
            beside.next("hello");
            beside.next("caught_up");
            // As by a process that cannot tell the others.
            Logs.append(rig, merchant.tenant(database), 500);

            Api api = lagging.api(merchant.api().key());
            assertThat(api.get("/v1/events/export?after=450").body().lines()).hasSize(50);
            assertThat(api.get("/v1/events/export").body().lines()).hasSize(500);
        }
    }

    @Test
    void aLogThatHasNoSuchPlaceIsAConflictOnBoth() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);

        Api.Answer poll = merchant.api().get("/v1/events?after=3");
        assertThat(poll.status()).isEqualTo(409);
        assertThat(poll.code()).isEqualTo("resync_required");
        assertThat(poll.json().getInt("head")).isEqualTo(2);
        assertThat(poll.json().getInt("oldest")).isEqualTo(1);
        assertThat(merchant.api().get("/v1/events/stream?after=3").code())
                .isEqualTo("resync_required");
    }

    @Test
    void aLongPollAnswersAsSoonAsThereIsSomething() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Api.Answer> waiting =
                    callers.submit(() -> merchant.api().get("/v1/events?after=0&wait=30"));
            Until.is(EventTransportsIT::open, count -> count > 0);

            merchant.api().pay(1_000);

            JsonObject page = waiting.get().json();
            assertThat(page.getJsonArray("data").getJsonObject(0).getInt("seq")).isEqualTo(1);
        }
    }

    @Test
    void aLongPollWithoutNewsIsAnEmptyPage() {
        Api.Answer answer = rig.otherMerchant().api().get("/v1/events?after=0&wait=1");

        assertThat(answer.json().getJsonArray("data")).isEmpty();
        assertThat(answer.json().getInt("next_after")).isZero();
        assertThat(answer.json().getBoolean("has_more")).isFalse();
    }

    @Test
    void aFilteredPageSaysHowFarItHasLooked() {
        Rig.Other merchant = rig.otherMerchant();
        for (int i = 0; i < 3; i++) {
            merchant.api().pay(1_000);
        }

        JsonObject page =
                merchant.api().get("/v1/events?after=0&limit=2&types=payment.captured").json();
        assertThat(page.getJsonArray("data")).hasSize(2);
        assertThat(page.getInt("next_after")).isEqualTo(4);
        assertThat(page.getBoolean("has_more")).isTrue();
        JsonObject none = merchant.api().get("/v1/events?after=0&types=operation.*").json();
        assertThat(none.getJsonArray("data")).isEmpty();
        assertThat(none.getInt("next_after")).isEqualTo(6);
    }

    @Test
    void aStopAnswersWhoWaitsAndSaysGoodbyeToWhoFollows() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        Rig.Neighbour stopping = rig.neighbour(Role.STREAM, Map.of());
        try (var callers = Executors.newVirtualThreadPerTaskExecutor();
                SseClient client =
                        new SseClient(
                                stopping.api().url() + "/v1/events/stream?after=0",
                                merchant.api().key())) {
            client.next("hello");
            client.next("caught_up");
            Future<Api.Answer> waiting =
                    callers.submit(
                            () ->
                                    stopping.api(merchant.api().key())
                                            .get("/v1/events?after=0&wait=30"));
            Until.is(() -> open(stopping.management()), count -> count == 2);

            stopping.close();

            assertThat(client.next("closing").data()).isEqualTo("{\"reason\":\"shutdown\"}");
            assertThat(waiting.get().code()).isEqualTo("shutting_down");
            assertThat(waiting.get().header("Retry-After")).isPresent();
        }
    }

    @Test
    void aStreamIsNotTakenForAnIdleConnection() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Rig.Neighbour brief = rig.neighbour(Role.STREAM, Map.of("server.idle-timeout", "1s"));
                SseClient client =
                        new SseClient(
                                brief.api().url() + "/v1/events/stream?after=0",
                                merchant.api().key())) {
            client.next("hello");
            client.next("caught_up");
            // Twice as long as the connection may be idle.
            Until.is(client::comments, count -> count >= 7);

            merchant.api().pay(1_000);

            assertThat(client.next("message").id()).isEqualTo("1");
        }
    }

    @Test
    void aReaderThatDoesNotReadIsCutOffAndHurtsNobody() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Database database = rig.database()) {
            Logs.append(rig, merchant.tenant(database), 10_000);
        }
        Until.is(EventTransportsIT::open, count -> count == 0);
        try (Socket stalled = new Socket()) {
            stalled.setReceiveBufferSize(4096);
            stalled.connect(
                    new java.net.InetSocketAddress(
                            java.net.InetAddress.getLoopbackAddress(), rig.port()));
            stalled.getOutputStream()
                    .write(
                            ("GET /v1/events/stream?after=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                            + merchant.api().key()
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            // It has begun; from here on nothing is read.
            assertThat(stalled.getInputStream().readNBytes(12))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("HTTP/1.1 200");

            Until.is(EventTransportsIT::open, count -> count == 0);
        }
        try (SseClient client = sse(merchant, "?after=9999")) {
            client.next("hello");
            assertThat(client.next("message").id()).isEqualTo("10000");
        }
    }

    private static int open() {
        return open(rig.admin());
    }

    private static int open(Api management) {
        return (int) management.metric("oqim_stream_connections");
    }

    private static SseClient sse(Rig.Other merchant, String query, String... headers)
            throws Exception {
        return new SseClient(
                merchant.api().url() + "/v1/events/stream" + query, merchant.api().key(), headers);
    }
}
