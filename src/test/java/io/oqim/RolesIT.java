package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.dev.OqimProcess;
import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several processes, each with a role of its own, are one Oqim. */
class RolesIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /** What the other says is a hint: with no other bank, the one in doubt is asked as ever. */
    @Test
    void aBankThatOneProcessFindsDownIsAskedLastByTheOthers() {
        Map<String, String> both =
                Map.of("banks.beta.url", rig.bankUrl("beta"), "banks.beta.key", Rig.BANK_KEY);
        try (Rig.Neighbour hears = rig.neighbour(Role.GATEWAY, both)) {
            try (Rig.Neighbour cutOff =
                    rig.neighbour(
                            Role.GATEWAY,
                            Map.of(
                                    "banks.alpha.url", "http://127.0.0.1:9/alpha",
                                    "banks.breaker-volume", "3",
                                    "banks.breaker-delay", "10m"))) {
                assertThat(hears.api().pay(1_000).text("bank")).isEqualTo("alpha");
                // As many as its circuit breaker looks at.
                for (int i = 0; i < 3; i++) {
                    assertThat(cutOff.api().pay(1_000).status()).isEqualTo(503);
                }
                Until.is(() -> hears.api().pay(1_000).text("bank"), bank -> bank.equals("beta"));
                assertThat(rig.api().pay(1_000).text("bank")).isEqualTo("alpha");
            }
            // Nobody says so any more.
            Until.is(() -> hears.api().pay(1_000).text("bank"), bank -> bank.equals("alpha"));
        }
    }

    @Test
    void aProcessWhosePortIsTakenEndsAndSaysSo() throws Exception {
        Map<String, String> environment = rig.environment();
        environment.put("OQIM_PORT", Integer.toString(rig.port()));
        Path log = Path.of("target", "it", "port-taken.log");
        Files.deleteIfExists(log);

        Process second = OqimProcess.start("gateway", environment, List.of("-Xmx256m"), log);

        assertThat(second.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(Files.readString(log))
                .contains("oqim: could not start: port 127.0.0.1:" + rig.port() + " or");
    }

    @Test
    void aRoleServesItsOwnRoutesAndNoOthers() {
        try (Rig.Neighbour gateway = rig.neighbour(Role.GATEWAY, Map.of());
                Rig.Neighbour stream = rig.neighbour(Role.STREAM, Map.of());
                Rig.Neighbour worker = rig.neighbour(Role.WORKER, Map.of())) {
            assertThat(gateway.api().pay(1_000).status()).isEqualTo(201);
            assertThat(serves(gateway, "/v1/events")).isFalse();
            assertThat(stream.api().get("/v1/events").status()).isEqualTo(200);
            assertThat(serves(stream, "/v1/payments")).isFalse();
            assertThat(serves(worker, "/v1/payments")).isFalse();
            assertThat(serves(worker, "/v1/events")).isFalse();
            for (Rig.Neighbour each : new Rig.Neighbour[] {gateway, stream, worker}) {
                assertThat(each.management().get("/health/ready").status()).isEqualTo(200);
            }
        }
    }

    private static boolean serves(Rig.Neighbour process, String path) {
        Api.Answer answer =
                RawHttp.send(
                        process.port(),
                        "GET "
                                + path
                                + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                + rig.key()
                                + "\r\n\r\n");
        assertThat(answer.status()).isIn(200, 404);
        return answer.status() == 200;
    }

    @Test
    void whatOneProcessWritesAStreamOfAnotherTellsAtOnceByAHint() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        // Without hints it would look only after a minute.
        try (Rig.Neighbour stream = rig.neighbour(Role.STREAM, Map.of("stream.head-poll", "1m"));
                StreamClient client =
                        new StreamClient(stream.port(), merchant.api().key(), "?after=0")) {
            client.next("hello");
            client.next("subscribed");
            client.next("caught_up");

            String id = merchant.api().pay(1_000).text("id");

            assertThat(client.event().getJsonObject("event").getString("payment")).isEqualTo(id);
            assertThat(client.event().getJsonObject("event").getString("type"))
                    .isEqualTo("payment.captured");
        }
    }

    @Test
    void aCommandOnTheStreamOfAProcessWithoutPaymentsIsDoneThereToo() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Rig.Neighbour stream = rig.neighbour(Role.STREAM, Map.of());
                StreamClient client =
                        new StreamClient(stream.port(), merchant.api().key(), "?after=0")) {
            client.next("hello");
            client.send(
                    "{\"type\":\"command\",\"id\":\"order-1\",\"command\":\"create\",\"body\":"
                            + Api.payment(1_000)
                            + "}");
            JsonObject result = client.any();
            while (!result.getString("type").equals("result")) {
                result = client.any();
            }

            assertThat(result.getInt("status")).isEqualTo(201);
            assertThat(result.getJsonObject("body").getString("status")).isEqualTo("captured");
        }
    }

    @Test
    void whatOneProcessWritesAnotherReadsFromItsSequenceOn() {
        try (Rig.Neighbour other = rig.neighbour(Role.GATEWAY, Map.of())) {
            Api.Answer paid = rig.api().pay(1_000);

            Api.Answer read =
                    other.api()
                            .get(
                                    "/v1/payments/"
                                            + paid.text("id")
                                            + "?min_seq="
                                            + paid.header("Event-Seq").orElseThrow());

            assertThat(read.body()).isEqualTo(paid.body());
        }
    }

    @Test
    void aSequenceThatNeverComesIsSaidToBeNotYetVisible() {
        try (Rig.Neighbour impatient =
                rig.neighbour(Role.GATEWAY, Map.of("payments.min-seq-wait", "50ms"))) {
            Api.Answer early = impatient.api().get("/v1/payments?min_seq=999999999");

            assertThat(early.status()).isEqualTo(503);
            assertThat(early.code()).isEqualTo("not_yet_visible");
            assertThat(early.text("param")).isEqualTo("min_seq");
            assertThat(early.header("Retry-After")).isPresent();
        }
    }

    @Test
    void aWrongHintMakesNoReadBelieveWhatIsNotThere() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Database database = rig.database();
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            long tenant = merchant.tenant(database);
            Future<Api.Answer> reading =
                    readers.submit(() -> merchant.api().get("/v1/payments?min_seq=500"));
            while (!reading.isDone()) {
                rig.redis().publish("oqim:events", tenant + ":999999");
            }

            assertThat(reading.get().status()).isEqualTo(503);
        }
    }

    @Test
    void aKeyThatIsRevokedInOneProcessIsRefusedByAnotherWithinFiveSeconds() {
        String keys =
                "/admin/v1/merchants/"
                        + rig.admin()
                                .post("/admin/v1/merchants", "{\"name\":\"Gone\"}", Map.of())
                                .text("id")
                        + "/keys";
        Api.Answer key = rig.admin().post(keys, "{\"mode\":\"test\"}", Map.of());
        // The default time of trust, and not the tests' short one.
        try (Rig.Neighbour other = rig.neighbour(Role.GATEWAY, Map.of("server.key-cache", "2s"))) {
            Api api = other.api(key.text("secret"));
            assertThat(api.get("/v1/payments").status()).isEqualTo(200);

            assertThat(rig.admin().delete(keys + "/" + key.text("id")).status()).isEqualTo(204);

            Until.is(
                    Duration.ofSeconds(5),
                    () -> api.get("/v1/payments").status(),
                    status -> status == 401);
        }
    }

    @Test
    void aWorkerSettlesWhatAGatewayLeftOpen() {
        try (Rig alone = Rig.start(Map.of("resolver.poll", "1m"))) {
            alone.stopGateway();
            Api.Answer open;
            try (Rig.Neighbour gateway = alone.neighbour(Role.GATEWAY, Map.of())) {
                open = gateway.api().pay(1_230_068);
                assertThat(open.text("status")).isEqualTo("in_doubt");
            }
            try (Rig.Neighbour worker =
                            alone.neighbour(Role.WORKER, Map.of("resolver.poll", "50ms"));
                    Rig.Neighbour gateway = alone.neighbour(Role.GATEWAY, Map.of())) {
                assertThat(worker.port()).isPositive();
                Until.is(
                        () -> gateway.api().get("/v1/payments/" + open.text("id")).text("status"),
                        status -> status.equals("captured"));
            }
            alone.startGateway();
        }
    }

    @Test
    void aProcessWithAnotherCryptoKeyDoesNotStart() {
        assertThatThrownBy(
                        () ->
                                rig.neighbour(
                                        Role.ALL,
                                        Map.of(
                                                "crypto.key",
                                                "another-crypto-key-of-32-characters")))
                .hasMessageContaining("crypto.key");
    }

    @Test
    void anAnswerThatIsOlderThanItIsKeptIsRemovedAndTheKeyAnswersWithThePayment() throws Exception {
        String key = UUID.randomUUID().toString();
        Api.Answer paid = rig.api().pay(key, Api.payment(1_000));
        String count = "SELECT count(*) FROM stored_response WHERE key = '" + key + "'";
        try (Database database = rig.database()) {
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            "UPDATE stored_response SET created_at = now() - interval '31 days' WHERE key = '"
                                    + key
                                    + "'");
            try (Rig.Neighbour worker = rig.neighbour(Role.WORKER, Map.of("upkeep.batch", "1"))) {
                assertThat(worker.port()).isPositive();
                Until.is(
                        () -> database.first(count, row -> row.getLong(1)).orElseThrow(),
                        left -> left == 0);
            }
        }

        Api.Answer again = rig.api().pay(key, Api.payment(1_000));

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(paid.body());
        assertThat(again.header("Idempotent-Replayed")).contains("true");
        assertThat(rig.api().pay(key, Api.payment(2_000)).code())
                .isEqualTo("idempotency_key_reused");
    }
}
