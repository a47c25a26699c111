package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.store.Database;
import io.oqim.store.StoreException;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Payments that a rule has put into review, until a person has said what is done with them. */
class ReviewsIT {
    private static Rig rig;
    private static Shop shop;

    @BeforeAll
    static void start() {
        rig = Rig.start(Map.of("risk.lists-trust", "20ms", "expiry.poll", "50ms"));
        shop = new Shop(rig);
        Api.Answer put =
                rig.api()
                        .put(
                                "/v1/risk/rules",
                                "{\"rules\":[{\"name\":\"large\",\"when\":{\"amount\":{\"gte\":20000}},\"then\":\"review\"}]}");
        assertThat(put.status()).as(put.body()).isEqualTo(200);
        // The rules hold in this process once it has seen them.
        String ignored = Until.is(() -> rig.api().pay(20_000).text("status"), "authorized"::equals);
    }

    @AfterAll
    static void stop() {
        Shop.assertAuditFindsNothing(rig);
        rig.close();
    }

    @AfterEach
    void theBankIsWellAgain() {
        rig.bank().post("/control/reset");
    }

    @Test
    void whatWasToBeCapturedIsOnlyAuthorizedAndCapturedWhenItIsAccepted() {
        Api.Answer paid = rig.api().pay(30_000);
        String id = paid.text("id");

        assertThat(paid.status()).isEqualTo(201);
        assertThat(paid.text("status")).isEqualTo("authorized");
        assertThat(paid.text("review")).isEqualTo("pending");
        assertThat(paid.text("capture_method")).isEqualTo("automatic");
        assertThat(rig.api().operations(id).getFirst().getString("kind")).isEqualTo("authorize");
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold");

        Api.Answer accepted = review(id, "accept");

        assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
        assertThat(accepted.text("review")).isEqualTo("accepted");
        until(id, "captured");
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "debit");
        assertThat(rig.api().operations(id).getLast().getString("cause")).isEqualTo("acceptance");
        assertThat(rig.api().eventTypes(id))
                .containsExactly(
                        "payment.created",
                        "payment.authorized",
                        "payment.in_review",
                        "payment.accepted",
                        "payment.captured");
        assertThat(review(id, "accept").status()).as("said again").isEqualTo(200);
        assertThat(review(id, "reject").code()).isEqualTo("review_decided");
        shop.assertBooksAgree(id);
    }

    @Test
    void whatIsRejectedIsReleasedAtTheBank() {
        String id = rig.api().pay(30_000).text("id");

        assertThat(review(id, "reject").status()).isEqualTo(202);

        JsonObject payment = until(id, "canceled");
        assertThat(payment.getString("review")).isEqualTo("rejected");
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "release");
        assertThat(review(id, "reject").status()).as("said again").isEqualTo(200);
        assertThat(review(id, "accept").code()).isEqualTo("review_decided");
    }

    @Test
    void whatTheBankDoesNotReleaseIsNotCapturedAndCanBeRejectedAgain() {
        String id = rig.api().pay(30_000).text("id");
        rig.stopSandbox();
        assertThat(review(id, "reject").status()).isEqualTo(202);
        theBankRefusesTheVoid(id);
        rig.restartSandbox();

        assertThat(shop.operate(id, "captures", "{}").code()).isEqualTo("payment_rejected");
        assertThat(review(id, "accept").code()).isEqualTo("review_decided");
        assertThat(review(id, "reject").status()).isEqualTo(202);

        until(id, "canceled");
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "release");
    }

    /** As its reply would have it; the sandbox refuses no void. */
    private static void theBankRefusesTheVoid(String id) {
        String payment = "payment = '" + TypeId.parse("pay", id).orElseThrow() + "'";
        rig.postgres()
                .admin(
                        rig.databaseName(),
                        "UPDATE payment SET pending_void = 0, version = version + 1 WHERE %1$s;"
                                        .formatted(payment)
                                + " UPDATE operation SET status = 'declined' WHERE kind = 'void' AND %1$s;"
                                        .formatted(payment)
                                + " UPDATE attempt SET state = 'declined', next_check_at = NULL"
                                + " WHERE state IN ('planned', 'sent') AND %1$s"
                                        .formatted(payment));
    }

    @Test
    void whoDecidedAndWhyIsKept() {
        String id = rig.api().pay(30_000).text("id");

        Api.Answer accepted =
                rig.api()
                        .post(
                                "/v1/payments/" + id + "/accept",
                                "{\"by\":\"ann\",\"reason\":\"called the customer\"}",
                                Map.of());

        assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
        try (Database database = rig.database()) {
            assertThat(
                            database.query(
                                    "SELECT said::text FROM evidence WHERE payment = ?",
                                    row -> row.getString(1),
                                    TypeId.parse("pay", id).orElseThrow()))
                    .singleElement()
                    .asString()
                    .contains("accepted", "ann", "called the customer");
        }
    }

    @Test
    void whatIsToBeCapturedLaterIsCapturedOnlyAfterItIsAccepted() {
        String id = shop.authorized(30_000);

        assertThat(shop.operate(id, "captures", "{}").code()).isEqualTo("payment_in_review");
        assertThat(shop.operate(id, "adjustments", "{\"amount\":40000}").code())
                .isEqualTo("payment_in_review");
        assertThat(review(id, "accept").status()).isEqualTo(200);

        Api.Answer captured = shop.operate(id, "captures", "{\"amount\":10000}");
        assertThat(captured.status()).as(captured.body()).isEqualTo(201);
        assertThat(shop.operate(id, "cancel", "{}").status()).isEqualTo(201);
    }

    @Test
    void aCancelEndsItWithoutADecision() {
        String id = rig.api().pay(30_000).text("id");

        assertThat(shop.operate(id, "cancel", "{}").status()).isEqualTo(201);

        assertThat(read(id).getString("review")).isEqualTo("closed");
        assertThat(review(id, "accept").code()).isEqualTo("payment_canceled");
    }

    @Test
    void whatIsInReviewIsListedUntilItIsDecided() {
        Rig.Other other = rig.otherMerchant();
        assertThat(
                        other.api()
                                .put(
                                        "/v1/risk/rules",
                                        "{\"rules\":[{\"name\":\"all\",\"then\":\"review\"}]}")
                                .status())
                .isEqualTo(200);
        List<String> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(
                    Until.is(
                                    () -> other.api().pay(1_000),
                                    paid -> paid.text("status").equals("authorized"))
                            .text("id"));
        }

        JsonObject page = other.api().get("/v1/payments?review=pending&limit=2").json();
        assertThat(ids(page)).containsExactly(held.get(2), held.get(1));
        Api.Answer ignored =
                other.api().post("/v1/payments/" + held.get(0) + "/accept", "{}", Map.of());

        assertThat(ids(other.api().get("/v1/payments?review=pending").json()))
                .containsExactly(held.get(2), held.get(1));
        assertThat(other.api().get("/v1/payments?review=yes").code()).isEqualTo("invalid_value");
    }

    @Test
    void aDeclineNeedsNoReview() {
        Api.Answer declined =
                rig.api().pay(UUID.randomUUID().toString(), Api.payment(30_000, DECLINED, ""));

        assertThat(declined.text("status")).isEqualTo("declined");
        assertThat(declined.text("review")).isEqualTo("closed");
        assertThat(review(declined.text("id"), "accept").code()).isEqualTo("payment_declined");
    }

    @Test
    void aPaymentThatNoRuleWantsToBeLookedAtIsNotReviewed() {
        Api.Answer paid = rig.api().pay(1_000);

        assertThat(paid.text("status")).isEqualTo("captured");
        assertThat(paid.json().isNull("review")).isTrue();
        assertThat(review(paid.text("id"), "accept").code()).isEqualTo("not_in_review");
        assertThat(review(TypeId.text("pay", TypeId.next()), "accept").status()).isEqualTo(404);
    }

    @Test
    void aReplyThatIsLostLeavesItHeldAndTheResolverFindsIt() {
        Api.Answer paid = rig.api().pay(50_068);
        String id = paid.text("id");
        assertThat(paid.status()).isEqualTo(202);

        assertThat(review(id, "accept").status()).isEqualTo(409);
        until(id, "authorized");

        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold");
        assertThat(read(id).getString("review")).isEqualTo("pending");
    }

    @Test
    void theNextTryOfWhatWasNeverSentIsHeldToo() {
        String key = UUID.randomUUID().toString();
        rig.stopSandbox();
        assertThat(rig.api().pay(key, Api.payment(30_000)).status()).isEqualTo(503);
        rig.restartSandbox();

        Api.Answer paid =
                Until.is(
                        () -> rig.api().pay(key, Api.payment(30_000)),
                        answer -> answer.status() == 201);

        assertThat(paid.text("status")).isEqualTo("authorized");
        assertThat(paid.text("review")).isEqualTo("pending");
        assertThat(rig.bank().effects(rig.api(), paid.text("id"))).containsExactly("hold");
    }

    @Test
    void ofManyDecisionsAtOnceOneIsTakenAndMoneyMovesOnce() throws Exception {
        String id = rig.api().pay(30_000).text("id");
        List<Future<Api.Answer>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                String decision = i % 2 == 0 ? "accept" : "reject";
                answers.add(threads.submit(() -> review(id, decision)));
            }
        }
        int decided = 0;
        for (Future<Api.Answer> answer : answers) {
            assertThat(answer.get().status()).isIn(200, 202, 409, 503);
            decided += answer.get().status() == 202 ? 1 : 0;
        }

        assertThat(decided).isEqualTo(1);
        JsonObject end =
                Until.is(
                        () -> read(id),
                        now -> Set.of("captured", "canceled").contains(now.getString("status")));
        assertThat(rig.bank().effects(rig.api(), id))
                .containsExactly(
                        "hold", end.getString("status").equals("captured") ? "debit" : "release");
    }

    @Test
    void theDatabaseTakesNoCaptureOfWhatIsInReview() {
        UUID id = TypeId.parse("pay", rig.api().pay(30_000).text("id")).orElseThrow();
        try (Database database = rig.database()) {
            for (String change :
                    List.of(
                            "captured = 1",
                            "pending_capture = 1",
                            "review = 'rejected', captured = 1")) {
                assertThatThrownBy(
                                () ->
                                        database.first(
                                                "UPDATE payment SET "
                                                        + change
                                                        + " WHERE payment = ? RETURNING version",
                                                row -> row.getLong(1),
                                                id))
                        .isInstanceOf(StoreException.class)
                        .hasStackTraceContaining("nothing_captured_in_review");
            }
        }
    }

    private static final String DECLINED = "4000000000000002";

    private static Api.Answer review(String id, String decision) {
        return rig.api().post("/v1/payments/" + id + "/" + decision, "{}", Map.of());
    }

    private static List<String> ids(JsonObject page) {
        return page.getJsonArray("data").stream()
                .map(payment -> payment.asJsonObject().getString("id"))
                .toList();
    }

    private static JsonObject read(String id) {
        return rig.api().get("/v1/payments/" + id).json();
    }

    private static JsonObject until(String id, String status) {
        return Until.is(() -> read(id), now -> now.getString("status").equals(status));
    }
}
