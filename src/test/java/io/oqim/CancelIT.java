package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payments that are given up before their bank has decided, by their id and by their key. */
class CancelIT {
    private static final String CHALLENGED = "4000000000003220";
    private static final String MANUAL = ",\"capture_method\":\"manual\"";
    private static final String RETURN = ",\"return_url\":\"https://shop.example/back?order=1\"";
    private static Rig rig;
    private static Shop shop;

    /** The resolver asks so late that only the next operation asks. */
    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "banks.breaker-volume", "1000",
                                "resolver.schedule", "2s",
                                "resolver.tombstone-after", "1m"));
        shop = new Shop(rig);
        rig.bank().put("/control/suffix-times", "{\"enquiry_lag_ms\":20000}");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void theBankIsWellAgain() {
        rig.bank().post("/control/thaw");
        rig.bank().put("/control/faults", "[]");
        rig.bank().moneyTakes(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", MANUAL})
    void aPaymentThatNeedsTheCustomerIsCanceled(String more) {
        String id = challenged(more).text("id");
        String key = UUID.randomUUID().toString();

        Api.Answer canceled = shop.operate(id, "cancel", "{}", key);

        assertThat(canceled.status()).as(canceled.body()).isEqualTo(201);
        assertThat(Shop.payment(canceled).getString("status")).isEqualTo("canceled");
        assertThat(Shop.payment(canceled).isNull("next_action")).isTrue();
        assertThat(Shop.payment(canceled).isNull("failure")).isTrue();
        assertThat(Shop.operation(canceled).getString("status")).isEqualTo("canceled");
        assertThat(canceled.header("Event-Seq")).isPresent();
        assertThat(rig.api().eventTypes(id))
                .containsExactly("payment.created", "payment.requires_action", "payment.canceled");
        assertThat(rig.bank().effects(rig.api(), id)).isEmpty();
        assertThat(shop.operate(id, "cancel", "{}", key).body()).isEqualTo(canceled.body());
        assertThat(shop.operate(id, "cancel", "{}").code()).isEqualTo("payment_canceled");
        assertThat(shop.operate(id, "captures", "{}").code()).isEqualTo("payment_canceled");
        theAuditFindsNothing();
    }

    @Test
    void whatTheCustomerDidMeanwhileIsAskedForBeforeACancel() {
        Api.Answer sale = challenged(RETURN);
        Api.Answer authorization = challenged(MANUAL);

        assertThat(answerChallenge(sale, "approve")).isEqualTo("https://shop.example/back?order=1");
        answerChallenge(authorization, "approve");

        assertThat(shop.operate(sale.text("id"), "cancel", "{}").code())
                .isEqualTo("payment_captured");
        Api.Answer voided = shop.operate(authorization.text("id"), "cancel", "{}");
        assertThat(Shop.payment(voided).getString("status")).isEqualTo("canceled");
        assertThat(Shop.operation(voided).getString("kind")).isEqualTo("void");
        assertThat(rig.bank().effects(rig.api(), authorization.text("id")))
                .containsExactly("hold", "release");
    }

    @Test
    void aPaymentInDoubtIsAskedAboutBeforeItIsCaptured() {
        Api.Answer doubt = pay(10_068, Api.CARD, MANUAL);
        assertThat(doubt.text("status")).isEqualTo("in_doubt");

        Api.Answer captured = shop.operate(doubt.text("id"), "captures", "{}");

        assertThat(captured.status()).as(captured.body()).isEqualTo(201);
        assertThat(Shop.payment(captured).getString("status")).isEqualTo("captured");
    }

    @Test
    void aRefundInDoubtIsAskedAboutBeforeTheNextOne() {
        String id = shop.captured(50_000);
        Api.Answer doubt = shop.operate(id, "refunds", "{\"amount\":40068}");
        assertThat(doubt.status()).isEqualTo(202);

        Api.Answer next = shop.operate(id, "refunds", "{\"amount\":20000}");

        assertThat(next.code()).isEqualTo("refund_exceeds_captured");
        assertThat(rig.api().get("/v1/payments/" + id).json().isNull("in_doubt")).isTrue();
    }

    @Test
    void aPaymentThatTheBankDoesNotRememberIsCanceledAndUndone() {
        Api.Answer doubt = pay(10_078, Api.CARD, "");
        assertThat(doubt.text("status")).isEqualTo("in_doubt");

        Api.Answer canceled = shop.operate(doubt.text("id"), "cancel", "{}");

        assertThat(canceled.status()).as(canceled.body()).isEqualTo(201);
        assertThat(Shop.payment(canceled).getString("status")).isEqualTo("canceled");
        assertThat(rig.bank().effects(rig.api(), doubt.text("id")))
                .containsExactly("debit", "credit");
        theAuditFindsNothing();
    }

    @Test
    void aBankThatDoesNotAnswerIsToldAgainUntilItDoes() {
        String id = challenged("").text("id");
        rig.bank().post("/control/freeze");

        Api.Answer canceled = shop.operate(id, "cancel", "{}");

        assertThat(canceled.status()).as(canceled.body()).isEqualTo(202);
        assertThat(Shop.payment(canceled).getString("status")).isEqualTo("in_doubt");
        assertThat(shop.operate(id, "cancel", "{}").code())
                .isIn("amount_reserved", "bank_unavailable");
        rig.bank().post("/control/thaw");
        Until.is(
                () -> rig.api().get("/v1/payments/" + id).text("status"),
                status -> status.equals("canceled"));
        assertThat(rig.api().eventTypes(id))
                .endsWith("payment.in_doubt", "payment.resolved", "payment.canceled");
        theAuditFindsNothing();
    }

    @Test
    void aCancelThatIsAnsweredBeforeTheBankIsNotSaidToBeDone() {
        String id = challenged("").text("id");
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"void_by_reference\",\"probability\":1,\"times_left\":1,\"action\":\"hang\"}]");

        Api.Answer answer =
                rig.api()
                        .post(
                                "/v1/payments/" + id + "/cancel",
                                "{}",
                                Map.of(
                                        "Idempotency-Key",
                                        UUID.randomUUID().toString(),
                                        "Payment-Deadline",
                                        "1"));

        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        Until.is(
                () -> rig.api().get("/v1/payments/" + id).text("status"),
                status -> status.equals("canceled"));
    }

    @Test
    void aKeyWhoseAnswerIsOutstandingIsCanceled() throws Exception {
        rig.bank().moneyTakes(1_000);
        String key = UUID.randomUUID().toString();
        try (ExecutorService payer = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Api.Answer> paying = payer.submit(() -> rig.api().pay(key, Api.payment(10_000)));
            Until.is(
                    () -> rig.api().get("/v1/idempotency_keys/" + key).status(),
                    status -> status == 200);

            Api.Answer canceled = cancelKey(key);

            assertThat(canceled.status()).as(canceled.body()).isIn(200, 202);
            assertThat(paying.get().status()).isIn(201, 202);
        }
        JsonObject payment =
                Until.is(
                        () -> rig.api().get("/v1/idempotency_keys/" + key).json(),
                        now -> now.getJsonObject("payment").getString("status").equals("canceled"));
        assertThat(cancelKey(key).status()).as("again").isEqualTo(200);
        String id = payment.getJsonObject("payment").getString("id");
        Until.is(
                () -> rig.bank().moved(rig.api(), id, "debit"),
                debited -> debited == rig.bank().moved(rig.api(), id, "credit"));
        theAuditFindsNothing();
    }

    @Test
    void aKeyThatWasNeverUsedNeverWillBe() {
        String key = UUID.randomUUID().toString();

        Api.Answer canceled = cancelKey(key);

        assertThat(canceled.status()).as(canceled.body()).isEqualTo(200);
        assertThat(canceled.text("state")).isEqualTo("canceled");
        Api.Answer late = rig.api().pay(key, Api.payment(10_000));
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.code()).isEqualTo("idempotency_key_canceled");
        String id = shop.captured(1_000);
        assertThat(shop.operate(id, "refunds", "{}", key).code())
                .isEqualTo("idempotency_key_canceled");
        assertThat(cancelKey(key).text("state")).isEqualTo("canceled");
        assertThat(rig.otherMerchant().api().pay(key, Api.payment(10_000)).status())
                .as("another tenant's key of the same name")
                .isEqualTo(201);
    }

    @Test
    void aKeyThatHasItsAnswerIsNotCanceled() {
        String key = UUID.randomUUID().toString();
        rig.api().pay(key, Api.payment(10_000));

        assertThat(cancelKey(key).code()).isEqualTo("idempotency_key_answered");
        assertThat(rig.api().get("/v1/idempotency_keys/" + key).text("state"))
                .isEqualTo("answered");
    }

    @Test
    void aRefundWhoseReplyWasLostCannotBeUndoneAndIsSaidToHaveHappened() {
        String id = shop.captured(50_000);
        String key = UUID.randomUUID().toString();
        shop.operate(id, "refunds", "{\"amount\":10068}", key);

        assertThat(cancelKey(key).code()).isEqualTo("idempotency_key_answered");

        assertThat(rig.api().get("/v1/payments/" + id).json().getInt("amount_refunded"))
                .isEqualTo(10_068);
        shop.assertBooksAgree(id);
    }

    @Test
    void aRefundThatNeverReachedTheBankIsBarredThereAndTheCancelMayBeRepeated() {
        String id = shop.captured(50_000);
        String key = UUID.randomUUID().toString();
        Api.Answer lost = shop.operate(id, "refunds", "{\"amount\":10070}", key);

        assertThat(cancelKey(key).status()).isEqualTo(200);
        assertThat(cancelKey(key).status()).isEqualTo(200);

        assertThat(
                        rig.api()
                                .get("/v1/operations/" + Shop.operation(lost).getString("id"))
                                .text("status"))
                .isEqualTo("failed");
        assertThat(rig.api().get("/v1/payments/" + id).json().getInt("amount_refundable"))
                .isEqualTo(50_000);
        shop.assertBooksAgree(id);
    }

    @Test
    void whoeverIsQuickerNoMoneyIsKeptByTheBankOfWhatIsCanceled() throws Exception {
        Random random = new Random(7);
        List<String> keys = new ArrayList<>();
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Api.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String key = UUID.randomUUID().toString();
                keys.add(key);
                answers.add(all.submit(() -> rig.api().pay(key, Api.payment(10_000))));
                int pause = random.nextInt(20_000_000);
                answers.add(
                        all.submit(
                                () -> {
                                    LockSupport.parkNanos(pause);
                                    return cancelKey(key);
                                }));
            }
            for (Future<Api.Answer> answer : answers) {
                assertThat(answer.get().status()).isIn(200, 201, 202, 409);
            }
        }
        for (String key : keys) {
            String status =
                    Until.is(
                            () -> status(rig.api().get("/v1/idempotency_keys/" + key).json()),
                            now -> now.matches("captured|canceled|failed"));
            assertThat(status).isNotEqualTo("failed");
        }
        theAuditFindsNothing();
    }

    @Test
    void aChallengeThatNobodyFinishesExpires() {
        try (Rig impatient = Rig.start(Map.of("resolver.challenge-limit", "1s"))) {
            Api.Answer opened =
                    impatient
                            .api()
                            .pay(UUID.randomUUID().toString(), Api.payment(10_000, CHALLENGED, ""));
            String id = opened.text("id");

            JsonObject payment =
                    Until.is(
                            () -> impatient.api().get("/v1/payments/" + id).json(),
                            now -> now.getString("status").equals("expired"));

            assertThat(payment.getJsonObject("failure").getString("code"))
                    .isEqualTo("challenge_expired");
            assertThat(impatient.api().eventTypes(id)).endsWith("payment.expired");
            assertThat(new Shop(impatient).operate(id, "cancel", "{}").code())
                    .isEqualTo("payment_expired");
            answerChallenge(opened, "approve");
            assertThat(impatient.bank().effects(impatient.api(), id)).isEmpty();
        }
    }

    private static String status(JsonObject key) {
        return key.isNull("payment")
                ? "canceled"
                : key.getJsonObject("payment").getString("status");
    }

    private static Api.Answer cancelKey(String key) {
        return rig.api().post("/v1/idempotency_keys/" + key + "/cancel", "", Map.of());
    }

    private static Api.Answer pay(long amount, String card, String more) {
        return rig.api().pay(UUID.randomUUID().toString(), Api.payment(amount, card, more));
    }

    private static Api.Answer challenged(String more) {
        Api.Answer answer = pay(10_000, CHALLENGED, more);
        assertThat(answer.text("status")).as(answer.body()).isEqualTo("requires_action");
        return answer;
    }

    /** As the customer's browser does; returns where it is sent then, if anywhere. */
    private static String answerChallenge(Api.Answer payment, String result) {
        String url = payment.json().getJsonObject("next_action").getString("url");
        try (HttpClient browser = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString("result=" + result))
                            .build();
            return browser.send(request, HttpResponse.BodyHandlers.ofString())
                    .headers()
                    .firstValue("Location")
                    .orElse("");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void theAuditFindsNothing() {
        Shop.assertAuditFindsNothing(rig);
    }
}
