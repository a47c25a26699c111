package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Captures, cancels and refunds of payments that exist, and what the bank and the books say. */
class OperationsIT {
    private static Rig rig;
    private static Shop shop;

    @BeforeAll
    static void start() {
        rig = Rig.start(Map.of("banks.breaker-volume", "1000", "resolver.reopened-for", "30s"));
        shop = new Shop(rig);
        rig.bank()
                .put(
                        "/control/suffix-times",
                        "{\"pending_ms\":300,\"late_reply_ms\":4000,\"enquiry_lag_ms\":1500}");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void anAuthorizationIsCapturedInPartsUntilNothingIsLeft() {
        String id = shop.authorized(1_000);

        Api.Answer first = shop.operate(id, "captures", "{\"amount\":400}");
        assertThat(first.status()).as(first.body()).isEqualTo(201);
        assertThat(first.header("Location"))
                .contains("/v1/operations/" + Shop.operation(first).getString("id"));
        assertThat(first.header("Event-Seq")).isPresent();
        assertThat(Shop.operation(first).getString("kind")).isEqualTo("capture");
        assertThat(Shop.operation(first).getString("status")).isEqualTo("succeeded");
        assertThat(Shop.operation(first).getInt("amount")).isEqualTo(400);
        assertThat(Shop.payment(first).getString("status")).isEqualTo("partially_captured");
        assertThat(Shop.payment(first).getInt("amount_capturable")).isEqualTo(600);

        Api.Answer rest = shop.operate(id, "captures", "");
        assertThat(Shop.operation(rest).getInt("amount")).isEqualTo(600);
        assertThat(Shop.payment(rest).getString("status")).isEqualTo("captured");
        assertThat(Shop.payment(rest).getInt("amount_captured")).isEqualTo(1_000);

        Api.Answer more = shop.operate(id, "captures", "{\"amount\":1}");
        assertThat(more.status()).isEqualTo(409);
        assertThat(more.code()).isEqualTo("payment_captured");
        assertThat(more.text("detail")).contains("it takes refund");
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "debit", "debit");
        assertThat(rig.api().eventTypes(id))
                .containsExactly(
                        "payment.created",
                        "payment.authorized",
                        "payment.partially_captured",
                        "payment.captured");
        shop.assertBooksAgree(id);
    }

    @Test
    void anAuthorizationIsCanceledAndItsHoldReleased() {
        String id = shop.authorized(1_000);

        Api.Answer canceled = shop.operate(id, "cancel", "");

        assertThat(canceled.status()).as(canceled.body()).isEqualTo(201);
        assertThat(Shop.operation(canceled).getString("kind")).isEqualTo("void");
        assertThat(Shop.payment(canceled).getString("status")).isEqualTo("canceled");
        assertThat(Shop.payment(canceled).getInt("amount_capturable")).isZero();
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "release");
        assertThat(shop.operate(id, "captures", "").code()).isEqualTo("payment_canceled");
        assertThat(rig.api().eventTypes(id)).endsWith("payment.canceled");
        shop.assertBooksAgree(id);
    }

    @Test
    void theRestOfAPartialCaptureIsReleasedByACancel() {
        String id = shop.authorized(1_000);
        shop.operate(id, "captures", "{\"amount\":300}");

        Api.Answer canceled = shop.operate(id, "cancel", "{}");

        assertThat(Shop.operation(canceled).getInt("amount")).isEqualTo(700);
        assertThat(Shop.payment(canceled).getString("status")).isEqualTo("captured");
        assertThat(Shop.payment(canceled).getInt("amount_captured")).isEqualTo(300);
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "debit", "release");
        shop.assertBooksAgree(id);
    }

    @Test
    void aCaptureIsRefundedInPartsAndNeverBeyondIt() {
        String id = shop.captured(1_000);

        Api.Answer part = shop.operate(id, "refunds", "{\"amount\":250}");
        assertThat(part.status()).as(part.body()).isEqualTo(201);
        assertThat(Shop.payment(part).getString("status")).isEqualTo("captured");
        assertThat(Shop.payment(part).getInt("amount_refunded")).isEqualTo(250);
        assertThat(Shop.payment(part).getInt("amount_refundable")).isEqualTo(750);

        Api.Answer tooMuch = shop.operate(id, "refunds", "{\"amount\":751}");
        assertThat(tooMuch.status()).isEqualTo(409);
        assertThat(tooMuch.code()).isEqualTo("refund_exceeds_captured");
        assertThat(tooMuch.text("param")).isEqualTo("amount");

        Api.Answer rest = shop.operate(id, "refunds", "");
        assertThat(Shop.payment(rest).getInt("amount_refunded")).isEqualTo(1_000);
        assertThat(shop.operate(id, "refunds", "").code()).isEqualTo("refund_exceeds_captured");
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("debit", "credit", "credit");
        assertThat(rig.api().eventTypes(id))
                .endsWith("payment.captured", "payment.refunded", "payment.refunded");
        shop.assertBooksAgree(id);
    }

    @Test
    void moreThanIsAuthorizedIsNeverCaptured() {
        String id = shop.authorized(1_000);

        Api.Answer refused = shop.operate(id, "captures", "{\"amount\":1001}");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("capture_exceeds_authorized");
    }

    @Test
    void oneOfTwoRefundsThatDoNotFitTogetherSucceeds() throws Exception {
        for (int round = 0; round < 5; round++) {
            String id = shop.captured(100);

            List<Api.Answer> answers =
                    atOnce(
                            List.of(
                                    () -> shop.operate(id, "refunds", "{\"amount\":60}"),
                                    () -> shop.operate(id, "refunds", "{\"amount\":60}")));

            assertThat(answers).extracting(Api.Answer::status).containsExactlyInAnyOrder(201, 409);
            Api.Answer refused =
                    answers.stream().filter(a -> a.status() == 409).findFirst().orElseThrow();
            assertThat(refused.code()).isIn("amount_reserved", "refund_exceeds_captured");
            assertThat(rig.bank().effects(rig.api(), id)).containsExactly("debit", "credit");
            shop.assertBooksAgree(id);
        }
    }

    @Test
    void manyOperationsAtOnceOnOnePaymentExceedNoSumAndMeetNoLock() throws Exception {
        String id = shop.authorized(100_000);
        shop.operate(id, "captures", "{\"amount\":10000}");
        List<Callable<Api.Answer>> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            many.add(() -> shop.operate(id, "captures", "{\"amount\":1500}"));
            many.add(() -> shop.operate(id, "refunds", "{\"amount\":700}"));
        }

        List<Api.Answer> answers = atOnce(many);

        assertThat(answers)
                .allSatisfy(
                        answer ->
                                assertThat(answer.status() == 201 || answer.status() == 409)
                                        .as(answer.body())
                                        .isTrue());
        JsonObject payment = rig.api().get("/v1/payments/" + id).json();
        assertThat(payment.getInt("amount_captured")).isEqualTo(100_000);
        assertThat(payment.getInt("amount_refunded"))
                .isEqualTo(
                        700
                                * (int)
                                        answers.stream()
                                                .filter(a -> a.status() == 201)
                                                .filter(
                                                        a ->
                                                                Shop.operation(a)
                                                                        .getString("kind")
                                                                        .equals("refund"))
                                                .count());
        shop.assertBooksAgree(id);
    }

    @Test
    void aThousandCapturesRefundsAndCancelsAtOnceExceedNoSumAndEachEndsInAnAnswer()
            throws Exception {
        String id = shop.authorized(1_000_000);
        shop.operate(id, "captures", "{\"amount\":50000}");
        List<Callable<Api.Answer>> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            for (int j = 0; j < 5; j++) {
                many.add(() -> shop.insist(id, "captures", "{\"amount\":3000}"));
            }
            for (int j = 0; j < 4; j++) {
                many.add(() -> shop.insist(id, "refunds", "{\"amount\":1000}"));
            }
        }
        for (int i = 0; i < 100; i++) {
            many.add(() -> shop.insist(id, "cancel", "{}"));
        }

        List<Api.Answer> answers = atOnce(many);

        Map<Integer, Long> statuses =
                answers.stream()
                        .collect(Collectors.groupingBy(Api.Answer::status, Collectors.counting()));
        System.out.println("a thousand at once on one payment: " + statuses);
        assertThat(statuses.keySet()).contains(201, 409).isSubsetOf(201, 202, 409);
        JsonObject payment = rig.api().get("/v1/payments/" + id).json();
        int captured = payment.getInt("amount_captured");
        assertThat(payment.getInt("amount_capturable")).isZero();
        assertThat(captured + Shop.sum(rig.api().operations(id), "void")).isEqualTo(1_000_000);
        assertThat(payment.getInt("amount_refunded")).isPositive().isLessThanOrEqualTo(captured);
        shop.assertBooksAgree(id);
    }

    @Test
    void operationsAreListedInPagesOldestFirst() {
        String id = shop.captured(1_000);
        for (int i = 0; i < 4; i++) {
            shop.operate(id, "refunds", "{\"amount\":10}");
        }

        JsonObject first = rig.api().get("/v1/payments/" + id + "/operations?limit=3").json();
        JsonObject rest =
                rig.api()
                        .get(
                                "/v1/payments/"
                                        + id
                                        + "/operations?limit=3&after="
                                        + first.getString("next_after"))
                        .json();

        assertThat(first.getJsonArray("data")).hasSize(3);
        assertThat(first.getJsonArray("data").getJsonObject(0).getString("kind")).isEqualTo("sale");
        assertThat(rest.getJsonArray("data")).hasSize(2);
        assertThat(rest.getBoolean("has_more")).isFalse();
        assertThat(rig.api().get("/v1/payments/" + id + "/operations?after=nonsense").code())
                .isEqualTo("invalid_cursor");
    }

    @Test
    void aRetryGetsTheSameBytesAlsoWhenThePaymentWouldRefuseItNow() {
        String id = shop.captured(1_000);
        String key = UUID.randomUUID().toString();
        Api.Answer refund = shop.operate(id, "refunds", "", key);

        Api.Answer again = shop.operate(id, "refunds", "", key);

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(refund.body());
        assertThat(again.header("Location")).isEqualTo(refund.header("Location"));
        assertThat(again.header("Event-Seq")).isEqualTo(refund.header("Event-Seq"));
        assertThat(again.header("Idempotent-Replayed")).contains("true");
        assertThat(shop.operate(id, "refunds", "{\"amount\":5}", key).code())
                .isEqualTo("idempotency_key_reused");
        assertThat(shop.operate(shop.captured(1_000), "refunds", "", key).code())
                .as("of another payment")
                .isEqualTo("idempotency_key_reused");
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("debit", "credit");
    }

    @Test
    void fiftyTimesTheSameRefundAtOnceIsOneRefundAndOneBody() throws Exception {
        String id = shop.captured(5_000);
        String key = UUID.randomUUID().toString();
        List<Callable<Api.Answer>> same = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            same.add(() -> shop.operate(id, "refunds", "{\"amount\":1000}", key));
        }

        List<Api.Answer> answers = atOnce(same);

        assertThat(answers).extracting(Api.Answer::body).containsOnly(answers.getFirst().body());
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("debit", "credit");
    }

    /** Amounts of the payment that strike its later operations. */
    @ParameterizedTest(name = "a payment of {0}: {1} is in doubt, then done")
    @CsvSource({"1230080, captures, debit", "1230081, cancel, release", "1230082, refunds, credit"})
    void anOperationWhoseReplyIsLostKeepsItsAmountAndIsSettledByAsking(
            long amount, String path, String effect) {
        String id = path.equals("refunds") ? shop.captured(amount) : shop.authorized(amount);

        Api.Answer answer = shop.operate(id, path, "");

        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        assertThat(Shop.operation(answer).getString("status")).isEqualTo("in_doubt");
        assertThat(Shop.payment(answer).getJsonObject("in_doubt").getString("operation"))
                .isEqualTo(Shop.operation(answer).getString("id"));
        assertThat(Shop.payment(answer).getInt("amount_capturable")).isZero();
        assertThat(Shop.payment(answer).getInt("amount_refundable")).isZero();
        Api.Answer meanwhile = shop.operate(id, path, "{}");
        assertThat(meanwhile.status()).isEqualTo(409);
        assertEndsAs(id, answer, "in_doubt", "succeeded");
        assertThat(rig.bank().effects(rig.api(), id)).endsWith(effect);
        shop.assertBooksAgree(id);
    }

    private static void assertEndsAs(String id, Api.Answer answer, String first, String last) {
        String operation = Shop.operation(answer).getString("id");
        JsonObject ended =
                Until.is(
                        () -> rig.api().get("/v1/operations/" + operation).json(),
                        now -> now.getString("status").equals(last));
        assertThat(ended.getString("payment")).isEqualTo(id);
        assertThat(rig.api().get("/v1/payments/" + id).json().isNull("in_doubt")).isTrue();
        if (first.equals("in_doubt")) {
            assertThat(rig.api().eventTypes(id)).contains("payment.in_doubt", "payment.resolved");
        }
        if (!last.equals("succeeded")) {
            assertThat(rig.api().eventTypes(id)).endsWith("operation.failed");
        }
    }

    @Test
    void anotherTenantsPaymentIsNotThere() {
        String id = shop.captured(1_000);

        assertThat(
                        rig.otherMerchant()
                                .api()
                                .post(
                                        "/v1/payments/" + id + "/refunds",
                                        "{}",
                                        Map.of("Idempotency-Key", "x"))
                                .status())
                .isEqualTo(404);
        assertThat(shop.operate("pay_00000000000000000000000000", "refunds", "").status())
                .isEqualTo(404);
    }

    @Test
    void badInputIsNamed() {
        String id = shop.captured(1_000);

        assertThat(shop.operate(id, "refunds", "{\"amount\":0}").code())
                .isEqualTo("invalid_amount");
        assertThat(shop.operate(id, "refunds", "{\"amount\":\"1\"}").code())
                .isEqualTo("wrong_type");
        assertThat(shop.operate(id, "refunds", "{\"sum\":1}").text("param")).isEqualTo("sum");
        assertThat(shop.operate(id, "cancel", "{\"amount\":1}").code()).isEqualTo("unknown_field");
        assertThat(rig.api().post("/v1/payments/" + id + "/refunds", "{}", Map.of()).code())
                .isEqualTo("idempotency_key_required");
        assertThat(rig.api().get("/v1/payments/" + id + "/refunds").status()).isEqualTo(405);
    }

    @Test
    void aBankThatIsGoneIsSaidToBeAndTheSameKeyWorksLaterWithWhatWasKept() {
        String id = shop.captured(1_000);
        String key = UUID.randomUUID().toString();
        rig.stopSandbox();
        try {
            Api.Answer refused = shop.operate(id, "refunds", "{\"amount\":600}", key);
            assertThat(refused.status()).as(refused.body()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("bank_unavailable");
            assertThat(shop.operate(id, "refunds", "{\"amount\":600}").code())
                    .isEqualTo("amount_reserved");
        } finally {
            rig.restartSandbox();
        }

        Api.Answer refunded =
                Until.is(
                        () -> shop.operate(id, "refunds", "{\"amount\":600}", key),
                        answer -> answer.status() == 201);

        assertThat(Shop.operation(refunded).getString("status")).isEqualTo("succeeded");
        assertThat(Shop.payment(refunded).getInt("amount_refunded")).isEqualTo(600);
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("debit", "credit");
        shop.assertBooksAgree(id);
    }

    private static List<Api.Answer> atOnce(List<Callable<Api.Answer>> calls) throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> call : callers.invokeAll(calls)) {
                answers.add(call.get());
            }
            return answers;
        }
    }
}
