package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a bank says too late, or not at all: given back, undone at the promised time, or settled by
 * a person. Bank alpha cannot void by reference and is believed too early; beta can.
 */
class OperatorQueueIT {
    private static final String MANUAL = ",\"capture_method\":\"manual\"";
    private static Rig alpha;
    private static Rig beta;

    @BeforeAll
    static void start() {
        alpha =
                Rig.start(
                        Map.of(
                                "banks.alpha.void-by-reference", "false",
                                "banks.alpha.longest-delay", "1s",
                                "banks.send-window", "500ms",
                                "journal.commit-wait", "400ms",
                                "risk.deadline", "300ms",
                                "banks.deadline", "1s",
                                "banks.breaker-volume", "1000"));
        beta = Rig.start(Map.of("resolver.tombstone-after", "10m", "banks.breaker-volume", "1000"));
    }

    @AfterAll
    static void stop() {
        alpha.close();
        beta.close();
    }

    @AfterEach
    void theBanksAreWellAgain() {
        for (Rig rig : List.of(alpha, beta)) {
            rig.bank().put("/control/faults", "[]");
            rig.bank().put("/control/suffixes", "{\"enabled\":true}");
            rig.bank().moneyTakes(5);
            policy(rig, "{}");
        }
    }

    @ParameterizedTest(name = "capture_method {0}: {1}, {2}")
    @CsvSource({"automatic, debit, credit, refund", "manual, hold, release, void"})
    void whatTheBankApprovesAfterTheEndIsGivenBackByAnOperationOfItsOwn(
            String method, String done, String undone, String kind) {
        alpha.bank().put("/control/suffix-times", "{\"enquiry_lag_ms\":5000}");
        String id = pay(alpha, 10_078, method.equals("manual") ? MANUAL : "").text("id");
        until(alpha, id, "failed");

        Until.is(
                () -> {
                    hint(alpha, id);
                    return alpha.api().eventTypes(id);
                },
                types -> types.contains("payment.reversed"));

        assertThat(alpha.api().eventTypes(id))
                .containsExactly(
                        "payment.created",
                        "payment.in_doubt",
                        "payment.resolved",
                        "payment.failed",
                        "payment.approved_late",
                        "payment.reversed");
        JsonObject payment = alpha.api().get("/v1/payments/" + id).json();
        assertThat(payment.getString("status")).isEqualTo("failed");
        assertThat(payment.getInt("amount_captured")).isZero();
        assertThat(payment.getInt("amount_authorized")).isZero();
        List<JsonObject> operations = alpha.api().operations(id);
        assertThat(operations.getFirst().getString("status")).isEqualTo("failed");
        assertThat(operations.getLast().getString("kind")).isEqualTo(kind);
        assertThat(operations.getLast().getString("cause")).isEqualTo("late_approval");
        assertThat(alpha.bank().effects(alpha.api(), id)).containsExactly(done, undone);
        try (Database database = alpha.database()) {
            assertThat(
                            database.query(
                                    "SELECT debits - credits FROM ledger_balance WHERE account = 'suspense'",
                                    row -> row.getLong(1)))
                    .allMatch(balance -> balance == 0);
        }
        Shop.assertAuditFindsNothing(alpha);
    }

    @Test
    void aCaptureThatTheBankApprovesAfterTheEndIsRefunded() {
        alpha.bank().put("/control/suffix-times", "{\"enquiry_lag_ms\":5000}");
        Shop shop = new Shop(alpha);
        String id = shop.authorized(50_000);
        Api.Answer capture = shop.operate(id, "captures", "{\"amount\":10078}");
        String operation = Shop.operation(capture).getString("id");
        alpha.bank().put("/control/suffixes", "{\"enabled\":false}");
        Until.is(
                () -> alpha.api().get("/v1/operations/" + operation).text("status"),
                status -> status.equals("failed"));

        Until.is(
                () -> {
                    hint(alpha, id);
                    return alpha.api().eventTypes(id);
                },
                types -> types.contains("payment.reversed"));

        assertThat(alpha.bank().effects(alpha.api(), id))
                .containsExactly("hold", "debit", "credit");
        JsonObject payment = alpha.api().get("/v1/payments/" + id).json();
        assertThat(payment.getString("status")).isEqualTo("authorized");
        assertThat(payment.getInt("amount_capturable"))
                .as("what the late capture used up is not held any more")
                .isEqualTo(50_000 - 10_078);
        assertThat(Shop.payment(shop.operate(id, "cancel", "{}")).getString("status"))
                .isEqualTo("canceled");
        Shop.assertAuditFindsNothing(alpha);
    }

    @Test
    void aRefundThatTheBankPaysAfterTheEndIsInTheQueueAndCanBeBookedByHand() {
        alpha.bank().put("/control/suffix-times", "{\"enquiry_lag_ms\":5000}");
        Shop shop = new Shop(alpha);
        String id = shop.captured(50_000);
        Api.Answer refund = shop.operate(id, "refunds", "{\"amount\":10078}");
        String operation = Shop.operation(refund).getString("id");
        Until.is(
                () -> alpha.api().get("/v1/operations/" + operation).text("status"),
                status -> status.equals("failed"));
        Until.is(
                () -> {
                    hint(alpha, id);
                    return queue(alpha);
                },
                all -> all.stream().anyMatch(one -> one.getString("operation").equals(operation)));
        JsonObject queued = untilQueued(alpha, id, "late_approval");
        assertThat(evidence(id)).contains("approved");

        Api.Answer settled =
                Until.is(
                        () ->
                                settle(
                                        "/admin/v1/unsettled/" + queued.getString("operation"),
                                        "succeeded",
                                        ""),
                        answer -> answer.status() != 409);

        assertThat(settled.status()).as(settled.body()).isEqualTo(200);
        assertThat(Shop.payment(settled).getInt("amount_refunded")).isEqualTo(10_078);
        assertThat(Shop.operation(settled).getString("status")).isEqualTo("succeeded");
        shop.assertBooksAgree(id);
        Shop.assertAuditFindsNothing(alpha);
    }

    @ParameterizedTest(name = "a {0} that is approved for less is undone")
    @CsvSource({
        "sale, debit, credit, ''",
        "authorize, hold, release, ',\"capture_method\":\"manual\"'"
    })
    void aPaymentThatIsApprovedForAnotherAmountIsUndone(
            String kind, String done, String undone, String more) {
        beta.bank().put("/control/faults", shortBy(kind));

        Api.Answer answer = pay(beta, 10_000, more);

        assertThat(answer.text("status")).isEqualTo("in_doubt");
        until(beta, answer.text("id"), "canceled");
        assertThat(beta.bank().effects(beta.api(), answer.text("id")))
                .containsExactly(done, undone);
        assertThat(beta.bank().moved(beta.api(), answer.text("id"), undone)).isEqualTo(9_999);
        Shop.assertAuditFindsNothing(beta);
    }

    @Test
    void aCaptureThatIsApprovedForAnotherAmountIsGivenBack() {
        Shop shop = new Shop(beta);
        String id = shop.authorized(50_000);
        beta.bank().put("/control/faults", shortBy("capture"));

        Api.Answer capture = shop.operate(id, "captures", "{\"amount\":20000}");

        assertThat(capture.status()).as(capture.body()).isEqualTo(202);
        Until.is(() -> beta.api().eventTypes(id), types -> types.contains("payment.reversed"));
        assertThat(beta.api().eventTypes(id))
                .containsExactly(
                        "payment.created",
                        "payment.authorized",
                        "payment.in_doubt",
                        "payment.resolved",
                        "operation.failed",
                        "payment.approved_late",
                        "payment.reversed");
        JsonObject payment = beta.api().get("/v1/payments/" + id).json();
        assertThat(payment.getInt("amount_captured")).isZero();
        assertThat(payment.getInt("amount_capturable")).isEqualTo(50_000 - 19_999);
        assertThat(payment.isNull("in_doubt")).isTrue();
        assertThat(Shop.payment(shop.operate(id, "captures", "{}")).getString("status"))
                .isEqualTo("captured");
        Shop.assertAuditFindsNothing(beta);
    }

    @Test
    void aRefundThatIsPaidForAnotherAmountIsForAPersonToLookAt() {
        Shop shop = new Shop(beta);
        String id = shop.captured(50_000);
        beta.bank().put("/control/faults", shortBy("refund"));

        assertThat(shop.operate(id, "refunds", "{\"amount\":20000}").status()).isEqualTo(202);

        JsonObject queued = untilQueued(beta, id, "other_amount");
        assertThat(queued.getString("kind")).isEqualTo("refund");
        assertThat(beta.api().get("/v1/payments/" + id).json().getInt("amount_refundable"))
                .isEqualTo(30_000);
    }

    private static String shortBy(String operation) {
        return "[{\"operation\":\""
                + operation
                + "\",\"probability\":1,\"times_left\":1,\"action\":\"short_by:1\"}]";
    }

    @Test
    void whatIsInDoubtForLongerThanPromisedIsUndone() {
        policy(beta, "{\"resolve_within\":1}");
        beta.bank().put("/control/suffix-times", "{\"enquiry_lag_ms\":30000}");

        Api.Answer answer = pay(beta, 10_078, "");

        assertThat(answer.text("status")).isEqualTo("in_doubt");
        JsonObject payment = until(beta, answer.text("id"), "canceled");
        assertThat(payment.getJsonObject("failure").getString("code")).isEqualTo("reversed");
        assertThat(beta.bank().effects(beta.api(), answer.text("id")))
                .containsExactly("debit", "credit");
        Shop.assertAuditFindsNothing(beta);
    }

    @Test
    void whatWasNotDecidedWhenTheCallerWasAnsweredIsUndoneForWhoWantsThat() {
        policy(beta, "{\"on_deadline\":\"reverse\"}");

        Api.Answer lost = pay(beta, 10_068, "");
        beta.bank().moneyTakes(1_500);
        Api.Answer slow =
                beta.api()
                        .post(
                                "/v1/payments",
                                Api.payment(10_000),
                                Map.of(
                                        "Idempotency-Key",
                                        UUID.randomUUID().toString(),
                                        "Payment-Deadline",
                                        "1"));
        Api.Answer quick;
        beta.bank().moneyTakes(5);
        quick = beta.api().pay(10_000);

        assertThat(lost.status()).isEqualTo(202);
        assertThat(slow.status()).as(slow.body()).isEqualTo(202);
        assertThat(quick.text("status")).isEqualTo("captured");
        for (Api.Answer one : List.of(lost, slow)) {
            until(beta, one.text("id"), "canceled");
            assertThat(beta.bank().effects(beta.api(), one.text("id")))
                    .containsExactly("debit", "credit");
        }
        Shop.assertAuditFindsNothing(beta);
    }

    @ParameterizedTest
    @CsvSource({"succeeded, captured", "failed, failed"})
    void whatNobodySettlesIsSettledByHand(String outcome, String status) {
        policy(alpha, "{\"resolve_within\":1}");
        alpha.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"enquiry\",\"probability\":1,\"action\":\"drop_before\"}]");
        long amount = outcome.equals("failed") ? 10_070 : 10_068;
        String id = pay(alpha, amount, "").text("id");

        JsonObject queued = untilQueued(alpha, id, "overdue");

        assertThat(queued.getString("kind")).isEqualTo("sale");
        assertThat(queued.getString("merchant")).isEqualTo(TypeId.text("mer", alpha.merchant()));
        String bankReference =
                outcome.equals("failed") ? "" : bankReference(queued.getString("reference"));
        String path = "/admin/v1/unsettled/" + queued.getString("operation");
        if (outcome.equals("succeeded")) {
            assertThat(
                            Until.is(
                                            () -> settle(path, outcome, ""),
                                            answer -> answer.status() != 409)
                                    .text("param"))
                    .isEqualTo("bank_reference");
        }
        // A worker may be asking just then.
        Api.Answer settled =
                Until.is(
                        () -> settle(path, outcome, bankReference),
                        answer -> answer.status() != 409);
        assertThat(settled.status()).as(settled.body()).isEqualTo(200);
        assertThat(Shop.payment(settled).getString("status")).isEqualTo(status);
        assertThat(settle(path, outcome, bankReference).status()).isEqualTo(404);
        assertThat(queue(alpha)).noneMatch(one -> one.getString("payment").equals(id));
        assertThat(evidence(id)).contains("d.karimova").contains("on the statement");
        alpha.bank().put("/control/faults", "[]");
        if (outcome.equals("succeeded")) {
            Api.Answer refund = new Shop(alpha).operate(id, "refunds", "{}");
            assertThat(Shop.operation(refund).getString("status")).isEqualTo("succeeded");
        }
        Shop.assertAuditFindsNothing(alpha);
    }

    @Test
    void whatIsInTheQueueLeavesItWhenTheBankSettlesIt() {
        policy(alpha, "{\"resolve_within\":1}");
        alpha.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"enquiry\",\"probability\":1,\"action\":\"drop_before\"}]");
        String id = pay(alpha, 10_068, "").text("id");
        JsonObject queued = untilQueued(alpha, id, "overdue");

        alpha.bank().put("/control/faults", "[]");

        until(alpha, id, "captured");
        assertThat(queue(alpha)).noneMatch(one -> one.getString("payment").equals(id));
        assertThat(
                        settle("/admin/v1/unsettled/" + queued.getString("operation"), "failed", "")
                                .status())
                .isEqualTo(404);
    }

    @Test
    void badInputIsNamed() {
        assertThat(settle("/admin/v1/unsettled/op_00000000000000000000000000", "maybe", "").code())
                .isEqualTo("invalid_value");
        assertThat(alpha.admin().post("/admin/v1/unsettled/x", "{}", Map.of()).status())
                .isEqualTo(404);
        assertThat(alpha.api().get("/admin/v1/unsettled").status()).isEqualTo(404);
        assertThat(new Api(alpha.admin().url(), "wrong").get("/admin/v1/unsettled").status())
                .isEqualTo(401);
        assertThat(alpha.admin().put(policyPath(alpha), "{\"resolve_within\":0}").text("param"))
                .isEqualTo("resolve_within");
        assertThat(alpha.admin().put(policyPath(alpha), "{\"on_deadline\":\"void\"}").code())
                .isEqualTo("invalid_value");
        assertThat(alpha.admin().get(policyPath(alpha)).text("on_deadline")).isEqualTo("settle");
    }

    private static Api.Answer pay(Rig rig, long amount, String more) {
        return rig.api().pay(UUID.randomUUID().toString(), Api.payment(amount, Api.CARD, more));
    }

    private static JsonObject until(Rig rig, String id, String status) {
        return Until.is(
                () -> rig.api().get("/v1/payments/" + id).json(),
                payment -> payment.getString("status").equals(status));
    }

    private static List<JsonObject> queue(Rig rig) {
        return rig.admin().get("/admin/v1/unsettled?limit=100").json().getJsonArray("data").stream()
                .map(value -> value.asJsonObject())
                .toList();
    }

    private static JsonObject untilQueued(Rig rig, String payment, String why) {
        return Until.is(
                        () ->
                                queue(rig).stream()
                                        .filter(one -> one.getString("payment").equals(payment))
                                        .findFirst(),
                        found -> found.filter(one -> one.getString("why").equals(why)).isPresent())
                .orElseThrow();
    }

    private static Api.Answer settle(String path, String outcome, String bankReference) {
        String reference =
                bankReference.isEmpty() ? "" : ",\"bank_reference\":\"" + bankReference + "\"";
        return alpha.admin()
                .post(
                        path,
                        "{\"outcome\":\""
                                + outcome
                                + "\",\"by\":\"d.karimova\",\"reason\":\"on the statement\""
                                + reference
                                + "}",
                        Map.of());
    }

    private static String policyPath(Rig rig) {
        return "/admin/v1/merchants/" + TypeId.text("mer", rig.merchant()) + "/policy/test";
    }

    /** It holds once the cached key has been read again. */
    private static void policy(Rig rig, String policy) {
        Api.Answer answer = rig.admin().put(policyPath(rig), policy);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        java.util.concurrent.locks.LockSupport.parkNanos(300_000_000);
    }

    private static String bankReference(String reference) {
        return alpha.bank().journal().stream()
                .filter(row -> row.getString("reference").equals(reference))
                .map(row -> row.getString("payment"))
                .findFirst()
                .orElseThrow();
    }

    private static String evidence(String payment) {
        try (Database database = alpha.database()) {
            return database.query(
                            "SELECT said::text FROM evidence WHERE payment = ?",
                            row -> row.getString(1),
                            TypeId.parse("pay", payment).orElseThrow())
                    .toString();
        }
    }

    /** As a bank does that has news: of whatever reference the payment has. */
    private static void hint(Rig rig, String payment) {
        try (Database database = rig.database()) {
            database.query(
                            "SELECT tenant || '/' || reference FROM attempt WHERE payment = ?",
                            row -> row.getString(1),
                            TypeId.parse("pay", payment).orElseThrow())
                    .forEach(
                            attempt -> {
                                String[] parts = attempt.split("/", 2);
                                Api.Answer ignored =
                                        rig.api("")
                                                .post(
                                                        "/callbacks/alpha/" + parts[0],
                                                        "{\"reference\":\"" + parts[1] + "\"}",
                                                        Map.of());
                            });
        }
    }
}
