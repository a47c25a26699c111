package io.oqim.sandbox;

import static io.oqim.sandbox.DisputedSandbox.about;
import static io.oqim.sandbox.DisputedSandbox.accept;
import static io.oqim.sandbox.DisputedSandbox.contest;
import static io.oqim.sandbox.RunningSandbox.order;
import static io.oqim.sandbox.RunningSandbox.payment;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DisputesIT {
    @TempDir Path books;
    private RunningSandbox sandbox;
    private DisputedSandbox disputes;

    @BeforeEach
    void start() throws Exception {
        sandbox = RunningSandbox.at(books);
        disputes = new DisputedSandbox(sandbox);
        sandbox.times("dispute_ms", 0);
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @Test
    void raisedDisputeIsAnsweredAndFed() throws Exception {
        sandbox.sale("s1", 1_500);
        Instant before = Instant.now();

        Reply raised = disputes.raise(about("s1"));

        assertThat(raised.status()).isEqualTo(201);
        JsonObject dispute = raised.body();
        assertThat(disputes.feed()).containsExactly(dispute);
        assertThat(dispute.keySet())
                .containsExactly(
                        "seq",
                        "dispute",
                        "reference",
                        "status",
                        "amount",
                        "currency",
                        "reason",
                        "respond_by");
        assertThat(dispute.getInt("seq")).isEqualTo(1);
        assertThat(dispute.getString("reference")).isEqualTo("s1");
        assertThat(dispute.getString("status")).isEqualTo("needs_response");
        assertThat(dispute.getInt("amount")).isEqualTo(1_500);
        assertThat(dispute.getString("currency")).isEqualTo("UZS");
        assertThat(dispute.getString("reason")).isEqualTo("fraudulent");
        assertThat(Instant.parse(dispute.getString("respond_by")))
                .isBetween(before.plus(Duration.ofDays(6)), before.plus(Duration.ofDays(8)));
    }

    @Test
    void amountReasonAndTimeCanBeChosen() throws Exception {
        sandbox.sale("s1", 1_500);

        Reply raised =
                disputes.raise(
                        about("s1")
                                .add("amount", 500)
                                .add("reason", "product_not_received")
                                .add("respond_within_ms", 60_000));

        assertThat(raised.body().getInt("amount")).isEqualTo(500);
        assertThat(raised.text("reason")).isEqualTo("product_not_received");
        assertThat(Instant.parse(raised.text("respond_by")))
                .isBefore(Instant.now().plusSeconds(61));
    }

    @Test
    void feedHasNoGapsUnderConcurrencyAndPagesFollowEachOther() throws Exception {
        AtOnce.run(
                60,
                number -> {
                    sandbox.sale("s" + number, 100);
                    return disputes.decide(disputes.raised(about("s" + number)), "won");
                });

        Reply first = disputes.page("");
        Reply second = disputes.page("?after=100");

        assertThat(first.body().getBoolean("has_more")).isTrue();
        assertThat(numbers(first)).isEqualTo(LongStream.rangeClosed(1, 100).boxed().toList());
        assertThat(second.body().getBoolean("has_more")).isFalse();
        assertThat(numbers(second)).isEqualTo(LongStream.rangeClosed(101, 120).boxed().toList());
        assertThat(numbers(disputes.page("?after=3&limit=2"))).containsExactly(4L, 5L);
        assertThat(numbers(disputes.page("?after=120"))).isEmpty();
        assertThat(sandbox.get("/beta/v1/disputes").body().getJsonArray("data")).isEmpty();
    }

    @Test
    void eachBankCountsItsOwnChanges() throws Exception {
        sandbox.sale("s1", 100);
        disputes.raise(about("s1"));
        sandbox.post("/beta/v1/payments", payment("s1", 100).build());

        Reply raised = disputes.raise(about("s1").add("bank", "beta"));

        assertThat(raised.body().getInt("seq")).isEqualTo(1);
        assertThat(disputes.decide(raised.text("dispute"), "won").body().getInt("seq"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after=-1", "after=x", "limit=0", "limit=101"})
    void badParameterOfTheFeedIsRefusedByName(String query) throws Exception {
        Reply reply = disputes.page("?" + query);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(query).startsWith(reply.text("field"));
    }

    @Test
    void feedNeedsTheBankKey() throws Exception {
        assertThat(
                        sandbox.send(
                                        sandbox.request("GET", "/alpha/v1/disputes", "")
                                                .header("Authorization", "Bearer x")
                                                .build())
                                .statusCode())
                .isEqualTo(401);
    }

    @Test
    void journalTellsWhatDisputesDidToTheMoney() throws Exception {
        Reply sale = sandbox.sale("s1", 1_000);
        String won = disputes.raised(about("s1").add("amount", 600));
        String lost = disputes.raised(about("s1").add("amount", 400));
        disputes.decide(won, "won");
        disputes.decide(lost, "lost");

        assertThat(rows(won))
                .containsExactly("chargeback credit 600", "chargeback_reversal debit 600");
        assertThat(rows(lost)).containsExactly("chargeback credit 400", "chargeback none 400");
        assertThat(sandbox.journal("?reference=" + won))
                .allMatch(row -> row.getString("payment").equals(sale.text("bank_reference")));
        assertThat(sandbox.journal("")).hasSize(5);
    }

    @Test
    void moneyThatIsDisputedCannotBeRefundedUntilItIsWonBack() throws Exception {
        Reply sale = sandbox.sale("s1", 1_000);
        String dispute = disputes.raised(about("s1").add("amount", 700));

        assertThat(sandbox.later(sale, "refunds", order("r1", 301)).code())
                .isEqualTo("amount_exceeded");
        assertThat(sandbox.later(sale, "refunds", order("r2", 300)).status()).isEqualTo(200);
        disputes.decide(dispute, "won");

        assertThat(sandbox.later(sale, "refunds", order("r3", 701)).status()).isEqualTo(409);
        assertThat(sandbox.later(sale, "refunds", order("r4", 700)).status()).isEqualTo(200);
    }

    @Test
    void noMoreIsDisputedThanWhatIsLeft() throws Exception {
        Reply sale = sandbox.sale("s1", 1_000);
        sandbox.later(sale, "refunds", order("r1", 200));

        assertThat(disputes.raise(about("s1").add("amount", 801)).status()).isEqualTo(422);
        assertThat(disputes.raise(about("s1").add("amount", 500)).status()).isEqualTo(201);
        assertThat(disputes.raise(about("s1").add("amount", 301)).code())
                .isEqualTo("amount_exceeded");
        assertThat(disputes.raise(about("s1")).body().getInt("amount")).isEqualTo(300);
        assertThat(disputes.raise(about("s1")).status()).isEqualTo(422);
    }

    @Test
    void captureIsDisputedByItselfAndAsFarAsItGoes() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);
        sandbox.later(payment, "captures", order("c1", 400));
        sandbox.later(payment, "captures", order("c2", 500));

        assertThat(disputes.raise(about("a1")).code()).isEqualTo("not_debited");
        assertThat(disputes.raise(about("c1").add("amount", 401)).status()).isEqualTo(422);
        assertThat(disputes.raise(about("c1")).body().getInt("amount")).isEqualTo(400);
        assertThat(disputes.raise(about("c1")).status()).isEqualTo(422);
        assertThat(disputes.raise(about("c2")).body().getInt("amount")).isEqualTo(500);
    }

    @Test
    void onlyWhatWasDebitedCanBeDisputed() throws Exception {
        sandbox.sale("s1", 10_051);
        sandbox.sale("s2", 100);
        sandbox.voidReference("s2", "v2");

        assertThat(disputes.raise(about("unknown")).status()).isEqualTo(422);
        assertThat(disputes.raise(about("s1")).code()).isEqualTo("not_debited");
        assertThat(disputes.raise(about("s2")).code()).isEqualTo("not_debited");
        assertThat(disputes.feed()).isEmpty();
    }

    @Test
    void voidByReferenceGivesBackWhatNoDisputeHasTaken() throws Exception {
        sandbox.sale("s1", 1_000);
        disputes.raised(about("s1").add("amount", 700));

        Reply voided = sandbox.voidReference("s1", "v1");

        assertThat(voided.body().getInt("amount")).isEqualTo(300);
    }

    @Test
    void disputeThatNobodyAnswersIsLost() throws Exception {
        sandbox.sale("s1", 1_000);
        String dispute = disputes.raised(about("s1").add("respond_within_ms", 100));

        assertThat(disputes.untilChanges(2))
                .containsExactly("needs_response s1 1000", "lost s1 1000");
        assertThat(disputes.respond(dispute, accept("x1")).code()).isEqualTo("dispute_closed");
    }

    @ParameterizedTest
    @CsvSource({"won, won, 409", "won, lost, 409", "lost, won, 200", "lost, lost, 409"})
    void bankMayChangeItsMindOnlyAfterALoss(String first, String second, int status)
            throws Exception {
        sandbox.sale("s1", 1_000);
        String dispute = disputes.raised(about("s1"));

        assertThat(disputes.decide(dispute, first).text("status")).isEqualTo(first);
        assertThat(disputes.decide(dispute, second).status()).isEqualTo(status);
    }

    @Test
    void bankDecidesWhatIsUnderReviewButNotWhatIsAccepted() throws Exception {
        sandbox.sale("s1", 1_000);
        sandbox.sale("s2", 2_000);
        String contested = disputes.raised(about("s1"));
        String accepted = disputes.raised(about("s2"));
        disputes.respond(contested, contest("x1", "We sent it."));
        disputes.respond(accepted, accept("x2"));

        assertThat(disputes.decide(contested, "lost").status()).isEqualTo(200);
        assertThat(disputes.decide(accepted, "won").code()).isEqualTo("dispute_closed");
        assertThat(disputes.decide("unknown", "won").code()).isEqualTo("dispute_not_found");
    }

    @ParameterizedTest
    @CsvSource({"s1, 10084, 4242424242424242", "s1, 500, 4000000000000259"})
    void saleIsDisputedByItself(String reference, long amount, String card) throws Exception {
        assertThat(sandbox.sale(reference, amount, card).text("status")).isEqualTo("approved");

        assertThat(disputes.untilChanges(1))
                .containsExactly("needs_response " + reference + " " + amount);
        assertThat(disputes.feed().getFirst().getString("reason")).isEqualTo("fraudulent");
    }

    @Test
    void everyCaptureOfADisputedPaymentIsDisputed() throws Exception {
        Reply payment = sandbox.authorize("a1", 10_084);
        sandbox.later(payment, "captures", order("c1", 400));
        disputes.untilChanges(1);
        sandbox.later(payment, "captures", order("c2", 500));

        assertThat(disputes.untilChanges(2))
                .containsExactly("needs_response c1 400", "needs_response c2 500");
    }

    @Test
    void saleIsDisputedOnlyOnceItIsApproved() throws Exception {
        sandbox.times("pending_ms", 50);
        assertThat(sandbox.sale("s1", 10_074, "4000000000000259").text("status"))
                .isEqualTo("pending");

        assertThat(disputes.untilChanges(1)).containsExactly("needs_response s1 10074");
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("approved");
    }

    @Test
    void declinedSaleIsNotDisputed() throws Exception {
        sandbox.sale("s1", 10_084, "4000000000000002");
        sandbox.sale("s2", 10_084);

        assertThat(disputes.untilChanges(1)).containsExactly("needs_response s2 10084");
    }

    @Test
    void disputesAndTheirFeedSurviveARestart() throws Exception {
        Reply sale = sandbox.sale("s1", 1_000);
        sandbox.sale("s2", 2_000);
        String decided = disputes.raised(about("s1").add("amount", 600));
        disputes.decide(decided, "lost");
        String open = disputes.raised(about("s2"));
        disputes.respond(open, contest("x1", "We sent it."));
        List<JsonObject> before = disputes.feed();

        restart();

        assertThat(disputes.feed()).isEqualTo(before);
        assertThat(rows(decided)).hasSize(2);
        assertThat(sandbox.later(sale, "refunds", order("r1", 401)).status()).isEqualTo(409);
        assertThat(disputes.respond(open, contest("x1", "We sent it.")).body())
                .isEqualTo(before.getLast());
        assertThat(disputes.decide(open, "won").body().getInt("seq")).isEqualTo(5);
    }

    @Test
    void whatWasDueIsDoneAfterARestart() throws Exception {
        sandbox.times("dispute_ms", 60_000);
        sandbox.sale("s1", 10_084);
        sandbox.sale("s2", 2_000);
        sandbox.sale("s3", 3_000);
        String contested = disputes.raised(about("s2"));
        disputes.respond(contested, contest("x1", "losing_evidence"));
        disputes.raise(about("s3").add("respond_within_ms", 300));

        sandbox.close();
        sandbox = RunningSandbox.at(books);
        disputes = new DisputedSandbox(sandbox);

        assertThat(disputes.untilChanges(6))
                .startsWith(
                        "needs_response s2 2000", "under_review s2 2000", "needs_response s3 3000")
                .contains("lost s2 2000", "lost s3 3000", "needs_response s1 10084");
    }

    @Test
    void faultOfDisputesStrikesTheFeedAndNothingElse() throws Exception {
        sandbox.control(
                "PUT",
                "/faults",
                Json.createArrayBuilder()
                        .add(
                                Json.createObjectBuilder()
                                        .add("operation", "dispute")
                                        .add("probability", 1)
                                        .add("action", "not_processed_503"))
                        .build());

        assertThat(disputes.page("").status()).isEqualTo(503);
        assertThat(sandbox.enquire("s1").status()).isEqualTo(404);
    }

    private void restart() throws Exception {
        sandbox.close();
        sandbox = RunningSandbox.at(books);
        disputes = new DisputedSandbox(sandbox);
        sandbox.times("dispute_ms", 0);
    }

    private List<String> rows(String dispute) throws Exception {
        return sandbox.journal("?reference=" + dispute).stream()
                .map(
                        row ->
                                row.getString("operation")
                                        + " "
                                        + row.getString("effect")
                                        + " "
                                        + row.getInt("amount"))
                .toList();
    }

    private static List<Long> numbers(Reply page) {
        return page.body().getJsonArray("data").getValuesAs(JsonObject.class).stream()
                .map(row -> row.getJsonNumber("seq").longValue())
                .toList();
    }
}
