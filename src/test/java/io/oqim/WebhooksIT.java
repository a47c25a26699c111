package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.net.http.HttpHeaders;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Webhooks as their receivers see them. */
class WebhooksIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.ofEntries(
                                Map.entry("webhooks.allow-http", "true"),
                                Map.entry("webhooks.allow-private", "true"),
                                Map.entry("webhooks.timeout", "1s"),
                                Map.entry("webhooks.name-timeout", "500ms"),
                                Map.entry("webhooks.poll", "100ms"),
                                Map.entry("webhooks.linger", "1s"),
                                Map.entry("webhooks.lease", "1500ms"),
                                Map.entry("webhooks.schedule", "200ms,400ms,800ms,1600ms"),
                                Map.entry("webhooks.disable-after", "3s"),
                                Map.entry("webhooks.max-endpoints", "3")));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void anEndpointGetsWhatHappensAfterItWasMadeInTheBytesOfTheLog() {
        Rig.Other merchant = rig.otherMerchant();
        merchant.api().pay(1_000);
        try (Receiver receiver = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            assertThat(endpoint.getInt("cursor")).isEqualTo(2);

            merchant.api().pay(2_000);

            List<Receiver.Message> messages = receiver.await(2);
            String log = merchant.api().get("/v1/events?after=2").body();
            Set<Integer> seqs = new HashSet<>();
            for (Receiver.Message message : messages) {
                assertThat(log).contains(message.body());
                assertThat(message.header("webhook-id")).isEqualTo(message.json().getString("id"));
                assertThat(message.header("Content-Type")).isEqualTo("application/json");
                seqs.add(message.seq());
            }
            assertThat(seqs).containsExactlyInAnyOrder(3, 4);
            Until.is(() -> read(merchant, endpoint).getInt("cursor"), cursor -> cursor == 4);
        }
    }

    @Test
    void theReferenceLibraryVerifiesAMessageAndRefusesAChangedOne() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            merchant.api().pay(2_000);
            Receiver.Message message = receiver.await(1).getFirst();

            verify(endpoint.getString("secret"), message, message.body());
            assertThatThrownBy(
                            () ->
                                    verify(
                                            endpoint.getString("secret"),
                                            message,
                                            message.body().replace("2000", "2001")))
                    .isInstanceOf(WebhookVerificationException.class);
            assertThat(ed25519(endpoint.getString("public_key"), message)).isTrue();
        }
    }

    @Test
    void afterARotationBothSecretsSignUntilTheOverlapIsOver() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good()) {
            JsonObject first = endpoint(merchant, receiver, "");
            JsonObject second =
                    merchant.api()
                            .post(path(first) + "/rotate_secret", "{\"overlap\":600}", Map.of())
                            .json();
            assertThat(second.getString("secret")).isNotEqualTo(first.getString("secret"));
            assertThat(read(merchant, first).containsKey("secret")).isFalse();

            Receiver.Message both = messageSignedBy(merchant, receiver, second);
            verify(first.getString("secret"), both, both.body());

            JsonObject third =
                    merchant.api()
                            .post(path(first) + "/rotate_secret", "{\"overlap\":0}", Map.of())
                            .json();
            Receiver.Message last = messageSignedBy(merchant, receiver, third);
            assertThatThrownBy(() -> verify(second.getString("secret"), last, last.body()))
                    .isInstanceOf(WebhookVerificationException.class);
        }
    }

    @Test
    void aFilterHoldsBackOtherTypes() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, receiver, ",\"types\":[\"payment.captured\"]");
            merchant.api().pay(1_000);
            merchant.api().pay(1_000);

            receiver.await(2);
            Until.is(() -> read(merchant, endpoint).getInt("cursor"), cursor -> cursor == 4);
            assertThat(receiver.messages())
                    .extracting(message -> message.json().getString("type"))
                    .containsOnly("payment.captured")
                    .hasSize(2);
        }
    }

    @Test
    void whatFailsIsTriedAgainByTheScheduleWithTheSameIdUntilItIsTaken() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = new Receiver(Receiver.answering(500))) {
            JsonObject endpoint = endpoint(merchant, receiver, ",\"types\":[\"payment.captured\"]");
            merchant.api().pay(1_000);
            List<Receiver.Message> failed = receiver.await(3);
            receiver.behave(Receiver.answering(200));
            receiver.await(4);

            assertThat(pauses(failed))
                    .satisfiesExactly(
                            first ->
                                    assertThat(first)
                                            .isGreaterThanOrEqualTo(Duration.ofMillis(200)),
                            second ->
                                    assertThat(second)
                                            .isGreaterThanOrEqualTo(Duration.ofMillis(400)));
            assertThat(receiver.messages())
                    .extracting(message -> message.header("webhook-id"))
                    .hasSize(4)
                    .containsOnly(failed.getFirst().header("webhook-id"));
            JsonObject delivery =
                    Until.is(
                            () -> deliveries(merchant, endpoint).getFirst(),
                            d -> d.getString("status").equals("delivered"));
            assertThat(delivery.getJsonArray("attempts")).hasSize(4);
            JsonObject attempt = delivery.getJsonArray("attempts").getJsonObject(0);
            assertThat(attempt.getInt("status_code")).isEqualTo(500);
            assertThat(attempt.getString("response")).isEqualTo("status 500");
            assertThat(attempt.getInt("latency_ms")).isBetween(0, 1_000);
            assertThat(read(merchant, endpoint).isNull("failing_since")).isTrue();
        }
    }

    @Test
    void whatWasTriedAsOftenAsTheScheduleSaysIsGivenUpAndCanBeReplayed() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver =
                new Receiver(
                        (message, exchange) ->
                                Receiver.answering(message.seq() == 2 ? 500 : 200)
                                        .answer(message, exchange))) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            merchant.api().pay(1_000);
            // Others get through meanwhile, so that the endpoint is not disabled.
            JsonObject failed =
                    Until.is(
                            () -> {
                                merchant.api().pay(1_000);
                                List<JsonObject> all =
                                        deliveries(merchant, endpoint, "?status=failed");
                                return all.isEmpty() ? null : all.getFirst();
                            },
                            d -> d != null);
            assertThat(failed.getInt("seq")).isEqualTo(2);
            assertThat(failed.getJsonArray("attempts")).hasSize(5);
            receiver.behave(Receiver.answering(200));

            Api.Answer replay =
                    merchant.api()
                            .post(
                                    path(endpoint) + "/replays",
                                    "{\"event\":\"" + failed.getString("event") + "\"}",
                                    Map.of());
            assertThat(replay.status()).as(replay.body()).isEqualTo(202);

            Until.is(() -> deliveries(merchant, endpoint, "?status=failed"), List::isEmpty);
            Until.is(
                    () ->
                            receiver.messages().stream()
                                    .filter(message -> message.seq() == 2)
                                    .count(),
                    count -> count == 6);
            assertThat(merchant.api().get(replay.header("Location").orElseThrow()).text("status"))
                    .isEqualTo("done");
        }
    }

    @Test
    void aRangeCanBeReplayedBySequenceAndByTime() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            for (int i = 0; i < 3; i++) {
                merchant.api().pay(1_000);
            }
            receiver.await(6);
            Until.is(() -> read(merchant, endpoint).getInt("cursor"), cursor -> cursor == 6);
            String third =
                    merchant.api()
                            .get("/v1/events?after=2")
                            .json()
                            .getJsonArray("data")
                            .getJsonObject(0)
                            .getString("created");

            merchant.api()
                    .post(path(endpoint) + "/replays", "{\"from_seq\":2,\"to_seq\":4}", Map.of());
            receiver.await(9);
            assertThat(seqs(receiver, 6)).containsExactlyInAnyOrder(2, 3, 4);
            merchant.api()
                    .post(
                            path(endpoint) + "/replays",
                            "{\"created_gte\":\"" + third + "\"}",
                            Map.of());
            receiver.await(13);
            assertThat(seqs(receiver, 9)).containsExactlyInAnyOrder(3, 4, 5, 6);

            for (String nonsense :
                    List.of(
                            "{}",
                            "{\"from_seq\":7,\"to_seq\":8}",
                            "{\"from_seq\":0}",
                            "{\"from_seq\":3,\"to_seq\":2}",
                            "{\"event\":\"evt_x\"}",
                            "{\"event\":\"evt_01m89y6fw6f1j95m0pnwh7chzb\"}",
                            "{\"from_seq\":1,\"created_gte\":\"" + third + "\"}")) {
                assertThat(
                                merchant.api()
                                        .post(path(endpoint) + "/replays", nonsense, Map.of())
                                        .status())
                        .as(nonsense)
                        .isBetween(400, 422);
            }
        }
    }

    @Test
    void anOrderedEndpointHoldsBackWhatIsLaterOfAPaymentAndNothingElse() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver =
                new Receiver(
                        (message, exchange) ->
                                Receiver.answering(message.seq() == 1 ? 500 : 200)
                                        .answer(message, exchange))) {
            JsonObject endpoint = endpoint(merchant, receiver, ",\"ordered\":true");
            merchant.api().pay(1_000);
            merchant.api().pay(2_000);
            Until.is(
                    () -> seqs(receiver, 0),
                    seqs -> seqs.containsAll(List.of(1, 3, 4)) && !seqs.contains(2));
            receiver.behave(Receiver.answering(200));

            Until.is(() -> seqs(receiver, 0), seqs -> seqs.contains(2));
            List<Integer> all = seqs(receiver, 0);
            assertThat(all.indexOf(2)).isGreaterThan(all.lastIndexOf(1));
            assertThat(all.indexOf(4)).isGreaterThan(all.indexOf(3));
            Until.is(() -> deliveries(merchant, endpoint, "?status=pending"), List::isEmpty);
        }
    }

    @Test
    void aReceiverThatIsGoneIsDisabledWithAnEventAndCanComeBack() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = new Receiver(Receiver.answering(410))) {
            JsonObject endpoint = endpoint(merchant, receiver, ",\"types\":[\"payment.captured\"]");
            merchant.api().pay(1_000);

            JsonObject disabled =
                    Until.is(
                            () -> read(merchant, endpoint),
                            e -> e.getString("status").equals("disabled"));
            assertThat(disabled.getJsonObject("disabled").getString("reason")).isEqualTo("gone");
            JsonObject event =
                    merchant.api()
                            .get("/v1/events?after=0&types=webhook_endpoint.*")
                            .json()
                            .getJsonArray("data")
                            .getJsonObject(0);
            assertThat(event.getString("webhook_endpoint")).isEqualTo(endpoint.getString("id"));
            assertThat(event.getJsonObject("data").getString("status")).isEqualTo("disabled");
            merchant.api().pay(2_000);
            receiver.behave(Receiver.answering(200));

            merchant.api().post(path(endpoint) + "/enable", "{}", Map.of());

            Until.is(() -> Set.copyOf(seqs(receiver, 1)), seqs -> seqs.equals(Set.of(2, 5)));
        }
    }

    @Test
    void anEndpointToWhichNothingGetsThroughForTooLongIsDisabled() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = new Receiver(Receiver.answering(500))) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            JsonObject disabled =
                    Until.is(
                            () -> {
                                merchant.api().pay(1_000);
                                return read(merchant, endpoint);
                            },
                            e -> e.getString("status").equals("disabled"));
            assertThat(disabled.getJsonObject("disabled").getString("reason")).isEqualTo("failing");
            assertThat(
                            merchant.api()
                                    .get("/v1/events?after=0&types=webhook_endpoint.disabled")
                                    .json()
                                    .getJsonArray("data"))
                    .hasSize(1);
        }
    }

    @Test
    void aReceiverThatSaysWhenToComeBackIsLeftAloneUntilThen() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = new Receiver(Receiver.answering(429, "Retry-After", "2"))) {
            endpoint(merchant, receiver, ",\"types\":[\"payment.captured\"]");
            merchant.api().pay(1_000);
            receiver.await(1);
            receiver.behave(Receiver.answering(200));
            merchant.api().pay(1_000);

            List<Receiver.Message> messages = receiver.await(3);

            assertThat(pauses(messages).getFirst())
                    .isGreaterThanOrEqualTo(Duration.ofMillis(1_900));
        }
    }

    @Test
    void aRedirectIsAFailureAndIsNotFollowed() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver elsewhere = Receiver.good();
                Receiver receiver =
                        new Receiver(Receiver.answering(302, "Location", elsewhere.url()))) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            merchant.api().pay(1_000);
            receiver.await(4);

            assertThat(elsewhere.messages()).isEmpty();
            assertThat(
                            deliveries(merchant, endpoint)
                                    .getLast()
                                    .getJsonArray("attempts")
                                    .getJsonObject(0)
                                    .getInt("status_code"))
                    .isEqualTo(302);
        }
    }

    @Test
    void aReceiverThatAnswersByteByByteIsCutOffAndOneThatTalksTooMuchIsNotListenedTo() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver trickling =
                        new Receiver(
                                (message, exchange) -> {
                                    exchange.sendResponseHeaders(200, 0);
                                    for (int i = 0; i < 100; i++) {
                                        exchange.getResponseBody().write('x');
                                        exchange.getResponseBody().flush();
                                        Thread.sleep(200);
                                    }
                                    exchange.close();
                                });
                Receiver flooding =
                        new Receiver(
                                (message, exchange) -> {
                                    exchange.sendResponseHeaders(200, 1L << 30);
                                    byte[] chunk = new byte[65_536];
                                    for (int i = 0; i < 1 << 14; i++) {
                                        exchange.getResponseBody().write(chunk);
                                    }
                                    exchange.close();
                                })) {
            JsonObject slow = endpoint(merchant, trickling, ",\"types\":[\"payment.captured\"]");
            JsonObject loud = endpoint(merchant, flooding, ",\"types\":[\"payment.captured\"]");
            merchant.api().pay(1_000);

            JsonObject attempt =
                    Until.is(() -> deliveries(merchant, slow), all -> attempts(all) > 0)
                            .getFirst()
                            .getJsonArray("attempts")
                            .getJsonObject(0);
            assertThat(attempt.getString("error")).isEqualTo("timeout");
            JsonObject taken =
                    Until.is(() -> deliveries(merchant, loud), all -> attempts(all) > 0).getFirst();
            assertThat(taken.getString("status")).isEqualTo("delivered");
            assertThat(taken.getJsonArray("attempts").getJsonObject(0).getString("response"))
                    .hasSize(1024);
        }
    }

    @Test
    void aDisabledEndpointLosesNothingAndADeletedOneIsGone() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            JsonObject off =
                    merchant.api().post(path(endpoint) + "/disable", "{}", Map.of()).json();
            assertThat(off.getJsonObject("disabled").getString("reason")).isEqualTo("requested");
            merchant.api().pay(1_000);
            assertThat(receiver.messages()).isEmpty();
            merchant.api().post(path(endpoint) + "/enable", "{}", Map.of());
            receiver.await(2);

            assertThat(merchant.api().delete(path(endpoint)).status()).isEqualTo(204);
            assertThat(merchant.api().get(path(endpoint)).status()).isEqualTo(404);
            assertThat(merchant.api().delete(path(endpoint)).status()).isEqualTo(404);
        }
    }

    @Test
    void aReceiverThatIsGoneDoesNotEndWhatHasMovedElsewhere() {
        Rig.Other merchant = rig.otherMerchant();
        CountDownLatch changed = new CountDownLatch(1);
        try (Receiver old =
                        new Receiver(
                                (message, exchange) -> {
                                    await(changed);
                                    Receiver.answering(410).answer(message, exchange);
                                });
                Receiver moved = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, old, ",\"types\":[\"payment.captured\"]");
            merchant.api().pay(1_000);
            old.await(1);
            merchant.api().patch(path(endpoint), "{\"url\":\"" + moved.url() + "\"}");
            changed.countDown();

            // The event that the old address refused comes to the new one, and so do others.
            moved.await(1);
            merchant.api().pay(1_000);
            Until.is(() -> Set.copyOf(seqs(moved, 0)), seqs -> seqs.equals(Set.of(2, 4)));
            assertThat(read(merchant, endpoint).getString("status")).isEqualTo("enabled");
        }
    }

    @Test
    void anEndpointThatTheFloorHasOvertakenSaysSoAndGoesOnWithTheOldestWhenItIsEnabled() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good();
                Database database = rig.database()) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            merchant.api().post(path(endpoint) + "/disable", "{}", Map.of());
            merchant.api().pay(1_000);
            merchant.api().pay(1_000);
            long tenant = merchant.tenant(database);
            // As retention leaves it, and as it looks to a worker that was in the middle.
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            ("INSERT INTO event_floor (tenant, oldest, prev_hash)"
                                            + " SELECT tenant, 3, hash FROM event WHERE tenant = %1$d AND seq = 2;"
                                            + "DELETE FROM event WHERE tenant = %1$d AND seq <= 2;"
                                            + "UPDATE webhook_endpoint SET status = 'enabled', reason = NULL"
                                            + " WHERE tenant = %1$d")
                                    .formatted(tenant));

            JsonObject overtaken =
                    Until.is(
                            () -> read(merchant, endpoint),
                            e -> e.getString("status").equals("disabled"));
            assertThat(overtaken.getJsonObject("disabled").getString("reason"))
                    .isEqualTo("overtaken");
            assertThat(receiver.messages()).isEmpty();

            merchant.api().post(path(endpoint) + "/enable", "{}", Map.of());
            Until.is(
                    () -> Set.copyOf(seqs(receiver, 0)), seqs -> seqs.containsAll(Set.of(3, 4, 5)));
        }
    }

    @Test
    void anEndpointIsNotTestedTwiceAtOnce() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        CountDownLatch refused = new CountDownLatch(1);
        try (Receiver slow =
                        new Receiver(
                                (message, exchange) -> {
                                    await(refused);
                                    Receiver.answering(200).answer(message, exchange);
                                });
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            JsonObject endpoint = endpoint(merchant, slow, "");
            var first =
                    callers.submit(
                            () -> merchant.api().post(path(endpoint) + "/test", "{}", Map.of()));
            slow.await(1);
            assertThat(merchant.api().post(path(endpoint) + "/test", "{}", Map.of()).code())
                    .isEqualTo("test_under_way");
            refused.countDown();
            assertThat(first.get().json().getBoolean("delivered")).isTrue();
        }
    }

    @Test
    void aTestMessageIsSentAtOnceAndSaysWhatCameBack() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = new Receiver(Receiver.answering(418))) {
            JsonObject endpoint = endpoint(merchant, receiver, "");

            JsonObject result =
                    merchant.api().post(path(endpoint) + "/test", "{}", Map.of()).json();

            assertThat(result.getInt("status_code")).isEqualTo(418);
            assertThat(result.getBoolean("delivered")).isFalse();
            assertThat(result.getString("response")).isEqualTo("status 418");
            Receiver.Message message = receiver.messages().getFirst();
            assertThat(message.json().getString("type")).isEqualTo("webhook_endpoint.test");
            verify(endpoint.getString("secret"), message, message.body());
            assertThat(merchant.api().get("/v1/events?after=0").json().getJsonArray("data"))
                    .isEmpty();
        }
    }

    @Test
    void endpointsAreBoundedListedChangedAndAnotherMerchantsAreNotSeen() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good()) {
            JsonObject first = endpoint(merchant, receiver, ",\"description\":\"one\"");
            endpoint(merchant, receiver, "");
            endpoint(merchant, receiver, "");
            assertThat(
                            merchant.api()
                                    .post(
                                            "/v1/webhook_endpoints",
                                            "{\"url\":\"" + receiver.url() + "\"}",
                                            Map.of())
                                    .code())
                    .isEqualTo("too_many_endpoints");
            JsonObject page = merchant.api().get("/v1/webhook_endpoints?limit=2").json();
            assertThat(page.getJsonArray("data")).hasSize(2);
            assertThat(
                            merchant.api()
                                    .get(
                                            "/v1/webhook_endpoints?after="
                                                    + page.getString("next_after"))
                                    .json()
                                    .getJsonArray("data"))
                    .hasSize(1);
            JsonObject changed =
                    merchant.api().patch(path(first), "{\"types\":[\"payment.*\"]}").json();
            assertThat(changed.getJsonArray("types").getString(0)).isEqualTo("payment.*");
            assertThat(changed.getString("description")).isEqualTo("one");
            assertThat(rig.api().get(path(first)).status()).isEqualTo(404);
            assertThat(rig.api().delete(path(first)).status()).isEqualTo(404);
        }
    }

    @Test
    void aThousandEventsThroughTwoWorkersComeOnceEach() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Rig.Neighbour neighbour = rig.neighbour(Role.WORKER, Map.of());
                Receiver receiver = Receiver.good();
                var payers = Executors.newFixedThreadPool(20)) {
            endpoint(merchant, receiver, "");
            for (int i = 0; i < 500; i++) {
                var ignored = payers.submit(() -> merchant.api().pay(1_000));
            }
            receiver.await(1_000);
            assertThat(neighbour.port()).isPositive();
            Set<Integer> seqs = new HashSet<>(seqs(receiver, 0));
            assertThat(seqs).hasSize(1_000).contains(1, 1_000);
            assertThat(receiver.messages()).hasSize(1_000);
        }
    }

    @Test
    void aChangeHoldsFromItsAnswerOnAlsoForWhoIsAtWork() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver first = Receiver.good();
                Receiver second = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, first, ",\"types\":[\"payment.captured\"]");
            for (int i = 0; i < 5; i++) {
                merchant.api().pay(1_000);
                first.await(3 * i + 1);
                Api.Answer changed =
                        merchant.api()
                                .patch(
                                        path(endpoint),
                                        "{\"types\":[\"payment.captured\",\"payment.created\"]}");
                assertThat(changed.status()).isEqualTo(200);
                merchant.api().pay(2_000);
                first.await(3 * i + 3);
                Api.Answer back =
                        merchant.api().patch(path(endpoint), "{\"types\":[\"payment.captured\"]}");
                assertThat(back.status()).isEqualTo(200);
            }
            Api.Answer moved =
                    merchant.api().patch(path(endpoint), "{\"url\":\"" + second.url() + "\"}");
            assertThat(moved.status()).isEqualTo(200);
            int before = first.messages().size();
            merchant.api().pay(3_000);
            second.await(1);
            assertThat(first.messages()).hasSize(before);
        }
    }

    @Test
    void whatAReceiverSaysFromWhichTheEndpointHasMovedDelaysNothing() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        CountDownLatch moved = new CountDownLatch(1);
        try (Receiver slow =
                        new Receiver(
                                (message, exchange) -> {
                                    moved.await();
                                    Receiver.answering(503, "Retry-After", "3600")
                                            .answer(message, exchange);
                                });
                Receiver well = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, slow, "");
            merchant.api().pay(1_000);
            slow.await(1);
            // Nobody sends while it is disabled, so it is seen when the next attempt would be.
            assertThat(merchant.api().post(path(endpoint) + "/disable", "{}", Map.of()).status())
                    .isEqualTo(200);
            assertThat(
                            merchant.api()
                                    .patch(path(endpoint), "{\"url\":\"" + well.url() + "\"}")
                                    .status())
                    .isEqualTo(200);

            moved.countDown();

            var ignored =
                    Until.is(
                            () -> deliveries(merchant, endpoint),
                            all -> all.stream().anyMatch(one -> attempts(List.of(one)) > 0));
            assertThat(deliveries(merchant, endpoint))
                    .isNotEmpty()
                    .allSatisfy(
                            delivery ->
                                    assertThat(Instant.parse(delivery.getString("next_attempt")))
                                            .isBefore(Instant.now().plusSeconds(60)));
            assertThat(merchant.api().post(path(endpoint) + "/enable", "{}", Map.of()).status())
                    .isEqualTo(200);
            well.await(2);
        }
    }

    @Test
    void anEndpointThatMovesLeavesPausesAndFailuresBehind() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver busy = new Receiver(Receiver.answering(503, "Retry-After", "3600"));
                Receiver well = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, busy, "");
            merchant.api().pay(1_000);
            busy.await(1);
            Until.is(
                    () -> read(merchant, endpoint),
                    now -> !now.isNull("paused_until") && !now.isNull("failing_since"));

            Api.Answer moved =
                    merchant.api().patch(path(endpoint), "{\"url\":\"" + well.url() + "\"}");

            assertThat(moved.json().isNull("paused_until")).isTrue();
            assertThat(moved.json().isNull("failing_since")).isTrue();
            well.await(2);
        }
    }

    @Test
    void anEndpointThatMovesBeginsTheScheduleAnew() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver first = new Receiver(Receiver.answering(500));
                Receiver second = new Receiver(Receiver.answering(500))) {
            JsonObject endpoint = endpoint(merchant, first, ",\"types\":[\"payment.captured\"]");
            merchant.api().pay(1_000);
            first.await(4);

            merchant.api().patch(path(endpoint), "{\"url\":\"" + second.url() + "\"}");

            second.await(5);
            Until.is(
                    () -> deliveries(merchant, endpoint).getFirst().getString("status"),
                    "failed"::equals);
        }
    }

    @Test
    void aPageOfDeliveriesSkipsNoneHoweverOftenOneWasTried() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good()) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            for (int i = 0; i < 3; i++) {
                merchant.api().pay(1_000);
            }
            receiver.await(6);
            String where =
                    "WHERE tenant = (SELECT tenant FROM tenant WHERE mode = 'test' AND merchant = '"
                            + merchant.merchant()
                            + "') AND seq = ";
            // One that was replayed again and again, and one far below that still waits.
            for (String sql :
                    List.of(
                            "INSERT INTO webhook_attempt (tenant, endpoint, seq, attempt, number, event,"
                                    + " type, sent_at, latency_ms, status, response)"
                                    + " SELECT tenant, endpoint, seq, gen_random_uuid(), n, event, type,"
                                    + " sent_at, latency_ms, status, response"
                                    + " FROM webhook_attempt, generate_series(2, 60) n "
                                    + where
                                    + 6,
                            "INSERT INTO webhook_delivery (tenant, endpoint, seq, event, type, next_at)"
                                    + " SELECT tenant, endpoint, seq, event, type, now() + interval '1 h'"
                                    + " FROM webhook_attempt "
                                    + where
                                    + 2)) {
                rig.postgres().admin(rig.databaseName(), sql);
            }

            List<Integer> listed = new ArrayList<>();
            String after = "";
            for (boolean more = true; more; ) {
                Api.Answer page =
                        merchant.api().get(path(endpoint) + "/deliveries?limit=2" + after);
                List<JsonObject> data =
                        page.json().getJsonArray("data").getValuesAs(JsonObject.class);
                data.forEach(delivery -> listed.add(delivery.getInt("seq")));
                more = page.json().getBoolean("has_more");
                after = "&after=" + listed.getLast();
            }
            assertThat(listed).containsExactly(6, 5, 4, 3, 2, 1);
        }
    }

    @Test
    void newEventsDoNotWaitForALongReplay() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        try (Database database = rig.database();
                Receiver receiver =
                        new Receiver(
                                (message, exchange) -> {
                                    // As one that takes its time, so that the replay lasts.
                                    Thread.sleep(5);
                                    Receiver.answering(204).answer(message, exchange);
                                })) {
            JsonObject endpoint = endpoint(merchant, receiver, "");
            Logs.append(rig, merchant.tenant(database), 1_000);
            receiver.await(1_000);
            Api.Answer replay =
                    merchant.api()
                            .post(
                                    path(endpoint) + "/replays",
                                    "{\"from_seq\":1,\"to_seq\":1000}",
                                    Map.of());
            assertThat(replay.status()).isEqualTo(202);
            receiver.await(1_030);

            merchant.api().pay(1_000);

            Until.is(
                    () -> receiver.messages().stream().anyMatch(message -> message.seq() == 1_002),
                    there -> there);
            assertThat(receiver.messages().size()).isLessThan(1_800);
            receiver.await(2_002);
        }
    }

    /** A receiver that answers only then, or too late. */
    private static void await(CountDownLatch latch) throws InterruptedException {
        boolean ignored = latch.await(10, TimeUnit.SECONDS);
    }

    private static Receiver.Message messageSignedBy(
            Rig.Other merchant, Receiver receiver, JsonObject endpoint) {
        return Until.is(
                () -> {
                    int before = receiver.messages().size();
                    merchant.api().pay(1_000);
                    return receiver.await(before + 1).getLast();
                },
                message -> {
                    try {
                        verify(endpoint.getString("secret"), message, message.body());
                        return true;
                    } catch (WebhookVerificationException e) {
                        return false;
                    }
                });
    }

    private static void verify(String secret, Receiver.Message message, String body)
            throws WebhookVerificationException {
        try {
            new Webhook(secret)
                    .verify(body, HttpHeaders.of(message.headers(), (name, value) -> true));
        } catch (EmptyWebhookSecretException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean ed25519(String key, Receiver.Message message) throws Exception {
        byte[] raw = Base64.getDecoder().decode(key.substring("whpk_".length()));
        byte[] encoded = new byte[44];
        System.arraycopy(HexFormat.of().parseHex("302a300506032b6570032100"), 0, encoded, 0, 12);
        System.arraycopy(raw, 0, encoded, 12, 32);
        String signed =
                message.header("webhook-id")
                        + "."
                        + message.header("webhook-timestamp")
                        + "."
                        + message.body();
        for (String signature : message.header("webhook-signature").split(" ", -1)) {
            if (signature.startsWith("v1a,")) {
                Signature verifier = Signature.getInstance("Ed25519");
                verifier.initVerify(
                        KeyFactory.getInstance("Ed25519")
                                .generatePublic(new X509EncodedKeySpec(encoded)));
                verifier.update(signed.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                return verifier.verify(Base64.getDecoder().decode(signature.substring(4)));
            }
        }
        return false;
    }

    private static List<Duration> pauses(List<Receiver.Message> messages) {
        List<Duration> pauses = new ArrayList<>();
        for (int i = 1; i < messages.size(); i++) {
            pauses.add(Duration.ofNanos(messages.get(i).atNanos() - messages.get(i - 1).atNanos()));
        }
        return pauses;
    }

    private static int attempts(List<JsonObject> deliveries) {
        return deliveries.isEmpty() ? 0 : deliveries.getFirst().getJsonArray("attempts").size();
    }

    private static List<Integer> seqs(Receiver receiver, int from) {
        List<Receiver.Message> all = List.copyOf(receiver.messages());
        return all.subList(from, all.size()).stream().map(Receiver.Message::seq).toList();
    }

    private static List<JsonObject> deliveries(Rig.Other merchant, JsonObject endpoint) {
        return deliveries(merchant, endpoint, "");
    }

    private static List<JsonObject> deliveries(
            Rig.Other merchant, JsonObject endpoint, String query) {
        List<JsonObject> all = new ArrayList<>();
        merchant.api()
                .get(path(endpoint) + "/deliveries" + query)
                .json()
                .getJsonArray("data")
                .forEach(value -> all.add(value.asJsonObject()));
        return all;
    }

    private static JsonObject read(Rig.Other merchant, JsonObject endpoint) {
        return merchant.api().get(path(endpoint)).json();
    }

    private static String path(JsonObject endpoint) {
        return "/v1/webhook_endpoints/" + endpoint.getString("id");
    }

    /**
     * @param more further fields, each with a comma in front
     */
    private static JsonObject endpoint(Rig.Other merchant, Receiver receiver, String more) {
        Api.Answer answer =
                merchant.api()
                        .post(
                                "/v1/webhook_endpoints",
                                "{\"url\":\"" + receiver.url() + "\"" + more + "}",
                                Map.of());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }
}
