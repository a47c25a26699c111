package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What banks take back for their customers, and what a merchant says to it. */
class DisputesIT {
    private static final Map<String, String> QUICK =
            Map.of(
                    "disputes.poll", "20ms",
                    "disputes.pause", "50ms",
                    "disputes.every", "1s",
                    "disputes.schedule", "100ms,200ms",
                    "ledger.settlement-delay", "1ms",
                    "ledger.poll", "50ms",
                    "upkeep.backlog-every", "100ms");

    private static Rig rig;
    private static Disputed disputes;

    @BeforeAll
    static void start() {
        rig = Rig.start(QUICK);
        disputes = new Disputed(rig);
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

    /** By how much what the merchant can have was changed by the disputes of a payment. */
    private static long moved(String payment) {
        return entries(payment)
                .mapToLong(
                        entry -> {
                            long amount = entry.getJsonNumber("amount").longValue();
                            if (entry.getString("credit").equals("merchant:payable:available")) {
                                return amount;
                            }
                            boolean charged =
                                    entry.getString("debit").equals("merchant:payable:available");
                            return charged ? -amount : 0;
                        })
                .sum();
    }

    /** What a payment's disputes have moved. */
    private static Stream<JsonObject> entries(String payment) {
        return rig
                .api()
                .get("/v1/ledger/entries?limit=100&payment=" + payment)
                .json()
                .getJsonArray("data")
                .stream()
                .map(value -> value.asJsonObject())
                .filter(entry -> !entry.isNull("dispute"));
    }

    private static JsonObject payment(String id) {
        return rig.api().get("/v1/payments/" + id).json();
    }

    private static Api.Answer refund(String payment, String body) {
        return new Shop(rig).operate(payment, "refunds", body);
    }

    @Test
    void whatTheBankTakesBackIsChargedToTheMerchantAndCannotBeRefundedAsWell() {
        String id = new Shop(rig).captured(50_000);
        JsonObject atTheBank =
                disputes.raise(
                        disputes.reference(id), ",\"amount\":30000,\"reason\":\"unrecognized\"");

        JsonObject dispute = disputes.one(id);

        assertThat(dispute.getString("status")).isEqualTo("needs_response");
        assertThat(dispute.getString("reason")).isEqualTo("unrecognized");
        assertThat(dispute.getString("bank_reference")).isEqualTo(atTheBank.getString("dispute"));
        assertThat(dispute.getInt("amount")).isEqualTo(30_000);
        assertThat(dispute.isNull("response")).isTrue();
        assertThat(moved(id)).isEqualTo(-30_000);
        assertThat(payment(id).getInt("amount_disputed")).isEqualTo(30_000);
        assertThat(payment(id).getInt("amount_refundable")).isEqualTo(20_000);
        assertThat(payment(id).getString("status")).isEqualTo("captured");
        Api.Answer tooMuch = refund(id, "{\"amount\":20001}");
        assertThat(tooMuch.code()).isEqualTo("amount_disputed");
        assertThat(refund(id, "{\"amount\":20000}").status()).isEqualTo(201);
        assertThat(refund(id, "{}").code()).isEqualTo("amount_disputed");
        assertThat(rig.api().eventTypes(id))
                .containsSubsequence("dispute.needs_response", "payment.charged_back");
        assertThat(kinds(id)).contains("chargeback", "chargeback_charge");
    }

    private static List<String> kinds(String payment) {
        return entries(payment).map(entry -> entry.getString("kind")).toList();
    }

    @Test
    void whatIsContestedAndWonComesBack() {
        JsonObject raised = disputes.disputed(40_000, "");
        String id = raised.getString("id");
        String payment = raised.getString("payment");
        // Three parts, of which the last is small.
        Api.Answer file = disputes.file(id, Disputed.pdf(2 * 262_144 + 10));
        assertThat(file.status()).as(file.body()).isEqualTo(201);

        Api.Answer contested = disputes.contest(id, "{\"text\":\"winning_evidence\"}");

        assertThat(contested.status()).as(contested.body()).isEqualTo(202);
        assertThat(contested.header("Event-Seq")).isPresent();
        assertThat(contested.json().getJsonObject("response").getString("delivery"))
                .isEqualTo("sending");
        JsonObject won = disputes.until(id, "won");
        assertThat(won.getJsonObject("response").getString("delivery")).isEqualTo("delivered");
        assertThat(won.getJsonObject("response").getJsonArray("files")).hasSize(1);
        assertThat(payment(payment).getInt("amount_disputed")).isZero();
        assertThat(moved(payment)).isZero();
        assertThat(rig.api().eventTypes(payment))
                .containsSubsequence(
                        "dispute.needs_response",
                        "payment.charged_back",
                        "dispute.responded",
                        "dispute.under_review",
                        "dispute.won",
                        "payment.chargeback_reversed");
        assertThat(kinds(payment))
                .containsExactlyInAnyOrder(
                        "chargeback",
                        "chargeback_charge",
                        "chargeback_reversal",
                        "chargeback_return");
        assertThat(rig.api().get("/v1/events?limit=100&types=dispute.*&payment=" + payment).body())
                .contains("response_delivered")
                .doesNotContain("winning_evidence");
        assertThat(refund(payment, "{}").status()).isEqualTo(201);
        assertThat(disputes.contest(id, "{\"text\":\"winning_evidence\"}").status())
                .as("said again")
                .isEqualTo(200);
        assertThat(disputes.contest(id, "{\"text\":\"something else\"}").code())
                .isEqualTo("dispute_answered");
    }

    @Test
    void whatIsLostStaysWithTheCustomerUnlessTheBankChangesItsMind() {
        String payment = new Shop(rig).captured(10_000);
        JsonObject atTheBank = disputes.raise(disputes.reference(payment), "");
        String id = disputes.one(payment).getString("id");
        disputes.decide(atTheBank, "lost");

        assertThat(disputes.until(id, "lost").getBoolean("expired")).isFalse();
        assertThat(payment(payment).getInt("amount_disputed")).isEqualTo(10_000);
        assertThat(disputes.accept(id).code()).isEqualTo("dispute_closed");

        disputes.decide(atTheBank, "won");

        JsonObject ignored = disputes.until(id, "won");
        assertThat(payment(payment).getInt("amount_disputed")).isZero();
    }

    @Test
    void whatIsAcceptedIsToldToTheBankAndMovesNothing() {
        JsonObject raised = disputes.disputed(10_000, "");
        String id = raised.getString("id");

        assertThat(disputes.accept(id).status()).isEqualTo(202);

        JsonObject accepted = disputes.until(id, "accepted");
        assertThat(accepted.getJsonObject("response").getString("action")).isEqualTo("accept");
        assertThat(kinds(raised.getString("payment")))
                .containsExactlyInAnyOrder("chargeback", "chargeback_charge");
        assertThat(disputes.accept(id).status()).as("said again").isEqualTo(200);
        assertThat(disputes.contest(id, "{\"text\":\"no\"}").code()).isEqualTo("dispute_answered");
    }

    @Test
    void whatNobodyAnswersIsLostAtItsDeadlineAlsoWhenTheBankSaysNothing() {
        JsonObject raised = disputes.disputed(10_000, ",\"respond_within_ms\":1500");
        String id = raised.getString("id");
        rig.stopSandbox();

        JsonObject lost = disputes.until(id, "lost");

        assertThat(lost.getBoolean("expired")).isTrue();
        assertThat(lost.isNull("response")).isTrue();
        assertThat(disputes.contest(id, "{\"text\":\"too late\"}").code())
                .isEqualTo("dispute_closed");
        rig.restartSandbox();
        // The bank says so too, in the end, which changes nothing but that.
        JsonObject ignored = Until.is(() -> disputes.read(id), now -> !now.getBoolean("expired"));
        assertThat(
                        rig.api().eventTypes(raised.getString("payment")).stream()
                                .filter("dispute.lost"::equals)
                                .count())
                .isEqualTo(1);
    }

    @Test
    void anAnswerThatTheBankDoesNotTakeIsRefusedAndSaysWhy() {
        JsonObject raised = disputes.disputed(10_000, ",\"respond_within_ms\":1500");
        String id = raised.getString("id");
        rig.stopSandbox();
        assertThat(disputes.contest(id, "{\"text\":\"in time\"}").status()).isEqualTo(202);
        // Its deadline passes while it is on its way.
        JsonObject late =
                Until.is(
                        () -> disputes.read(id),
                        now -> Instant.now().isAfter(Instant.parse(now.getString("respond_by"))));
        assertThat(late.getString("status")).as("nothing is given up").isEqualTo("needs_response");

        rig.restartSandbox();

        JsonObject refused =
                Until.is(
                        () -> disputes.read(id),
                        now ->
                                now.getJsonObject("response")
                                        .getString("delivery")
                                        .equals("refused"));
        assertThat(refused.getJsonObject("response").getString("code")).isEqualTo("dispute_closed");
        assertThat(rig.api().eventTypes(raised.getString("payment")))
                .contains("dispute.response_refused");
    }

    @Test
    void anAnswerIsSentUntilTheBankHasIt() {
        String id = disputes.disputed(10_000, "").getString("id");
        assertThat(disputes.file(id, Disputed.pdf(300_000)).status()).isEqualTo(201);
        rig.stopSandbox();

        assertThat(disputes.contest(id, "{}").status()).isEqualTo(202);

        int ignored = Until.is(() -> sends(id), times -> times > 1);
        assertThat(disputes.read(id).getString("status")).isEqualTo("needs_response");
        rig.restartSandbox();
        JsonObject reviewed = delivered(id);
        assertThat(reviewed.getString("status")).isEqualTo("under_review");
    }

    private static JsonObject delivered(String dispute) {
        return Until.is(
                () -> disputes.read(dispute),
                now -> now.getJsonObject("response").getString("delivery").equals("delivered"));
    }

    private static int sends(String dispute) {
        try (Database database = rig.database()) {
            return database.first(
                            "SELECT sends FROM dispute WHERE dispute = ?",
                            row -> row.getInt(1),
                            TypeId.parse("dsp", dispute).orElseThrow())
                    .orElseThrow();
        }
    }

    @Test
    void anAnswerWhoseReplyWasLostIsSentAgainAndCountsOnce() {
        String id = disputes.disputed(10_000, "").getString("id");
        assertThat(disputes.file(id, Disputed.pdf(300_000)).status()).isEqualTo(201);
        try (Database database = rig.database()) {
            assertThat(disputes.contest(id, "{\"text\":\"as before\"}").status()).isEqualTo(202);
            JsonObject ignored = delivered(id);
            // As if the process had died before it heard the reply.
            int touched =
                    database.execute(
                            """
                            UPDATE dispute SET response = jsonb_set(response, '{delivery}', '"sending"'),
                                next_send_at = now(), version = version + 1 WHERE dispute = ?""",
                            TypeId.parse("dsp", id).orElseThrow());
            assertThat(touched).isEqualTo(1);
        }

        JsonObject again = delivered(id);
        assertThat(again.getString("status")).isEqualTo("under_review");
    }

    @Test
    void whatWasRaisedWhileNobodyListenedIsFoundAndBookedOnceByTwoWorkers() {
        List<String> payments = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            payments.add(new Shop(rig).captured(1_000));
        }
        List<String> references = payments.stream().map(disputes::reference).toList();
        rig.stopGateway();
        references.forEach(
                reference -> {
                    JsonObject ignored = disputes.raise(reference, "");
                });
        try (Rig.Neighbour other = rig.neighbour(Role.WORKER, Map.of())) {
            rig.startGateway();
            assertThat(other.port()).isPositive();
            for (String payment : payments) {
                JsonObject ignored = disputes.one(payment);
                assertThat(kinds(payment))
                        .containsExactlyInAnyOrder("chargeback", "chargeback_charge");
            }
        }
    }

    @Test
    void aDisputeOfWhatIsNotOursWaitsAndHoldsUpNoOther() {
        try (Rig own = Rig.start(QUICK);
                Database database = own.database()) {
            Disputed here = new Disputed(own);
            String foreign =
                    own.bank()
                            .call(
                                    "/alpha/v1/payments",
                                    "{\"reference\":\"not-ours-1\",\"amount\":5000,\"currency\":\"UZS\",\"capture\":true,\"card\":{\"number\":\"4242424242424242\",\"exp_month\":12,\"exp_year\":2030}}")
                            .getString("reference");
            JsonObject strange = here.raise(foreign, "");

            JsonObject ignored = here.disputed(10_000, "");

            String problem =
                    Until.is(
                            () -> problem(database, strange.getString("dispute")),
                            text -> !text.isEmpty());
            assertThat(problem).isEqualTo("unknown_reference");
            List<String> found = new ArrayList<>();
            assertThat(new Audit(own.config(), found::add).run()).isPositive();
            assertThat(found)
                    .anyMatch(line -> line.contains("cannot be booked: unknown_reference"))
                    .noneMatch(line -> line.contains("unknown here") && !line.contains(foreign));
            double waiting =
                    Until.is(() -> own.admin().metric("oqim_backlog_disputes"), count -> count > 0);
            assertThat(waiting).isEqualTo(1);

            own.postgres()
                    .admin(
                            own.databaseName(),
                            "UPDATE dispute SET status = 'won', updated_at = now() - interval '1 minute'");
            List<String> tampered = new ArrayList<>();
            assertThat(new Audit(own.config(), tampered::add).run()).isPositive();
            assertThat(tampered)
                    .anyMatch(line -> line.contains("says that 10000 is disputed"))
                    .anyMatch(line -> line.contains("posted are 10000 taken back"))
                    .anyMatch(line -> line.contains("has taken 0 UZS; bank alpha says 10000"));
        }
    }

    private static String problem(Database database, String dispute) {
        return database.first(
                        "SELECT coalesce(max(problem), '') FROM dispute_news WHERE bank_dispute = ?",
                        row -> row.getString(1),
                        dispute)
                .orElseThrow();
    }

    @Test
    void aTestAmountIsDisputedByItself() {
        rig.bank().put("/control/suffix-times", "{\"dispute_ms\":10}");

        String payment = new Shop(rig).captured(20_084);

        assertThat(disputes.one(payment).getString("reason")).isEqualTo("fraudulent");
    }

    @Test
    void whatABankTakesAgainUnderTheSameNameIsAnotherDispute() {
        String payment = new Shop(rig).captured(10_000);
        JsonObject atTheBank = disputes.raise(disputes.reference(payment), "");
        String first = disputes.one(payment).getString("id");
        disputes.decide(atTheBank, "won");
        JsonObject ignored = disputes.until(first, "won");
        // The sandbox never does; what it would have told is written down as if it had.
        try (Database database = rig.database()) {
            int told =
                    database.execute(
                            """
                            INSERT INTO dispute_news (bank, seq, bank_dispute, reference, status, amount, currency, reason,
                                respond_by)
                            VALUES ('alpha', 1000000, ?, ?, 'lost', 10000, 'UZS', 'fraudulent', now())""",
                            atTheBank.getString("dispute"),
                            disputes.reference(payment));
            assertThat(told).isEqualTo(1);
        }

        List<JsonObject> both = Until.is(() -> disputes.of(payment), list -> list.size() == 2);

        assertThat(both.getFirst().getString("status")).isEqualTo("lost");
        assertThat(both.getLast().getString("status")).isEqualTo("won");
        assertThat(kinds(payment))
                .containsExactlyInAnyOrder(
                        "chargeback",
                        "chargeback_charge",
                        "chargeback_reversal",
                        "chargeback_return",
                        "chargeback",
                        "chargeback_charge");
        // What was booked just now may not be in the journal that the audit has read.
        try (Database database = rig.database()) {
            int touched =
                    database.execute(
                            "UPDATE dispute SET updated_at = updated_at - interval '1 minute' WHERE bank_dispute = ?",
                            atTheBank.getString("dispute"));
            assertThat(touched).isEqualTo(2);
        }
        List<String> found = new ArrayList<>();
        assertThat(new Audit(rig.config(), found::add).run()).as("%s", found).isEqualTo(1);
        assertThat(found).anyMatch(line -> line.contains("has taken 10000 UZS; bank alpha says 0"));
        // And gives it back again, so that the books agree.
        try (Database database = rig.database()) {
            int told =
                    database.execute(
                            """
                            INSERT INTO dispute_news (bank, seq, bank_dispute, reference, status, amount, currency, reason,
                                respond_by)
                            VALUES ('alpha', 1000001, ?, ?, 'won', 10000, 'UZS', 'fraudulent', now())""",
                            atTheBank.getString("dispute"),
                            disputes.reference(payment));
            assertThat(told).isEqualTo(1);
        }
        JsonObject given = disputes.until(both.getFirst().getString("id"), "won");
        assertThat(given.getString("payment")).isEqualTo(payment);
        assertThat(payment(payment).getInt("amount_disputed")).isZero();
    }

    @Test
    void anAnswerWhoseBankIsNotAskedAnyMoreIsNotForgotten() {
        Map<String, String> once = new HashMap<>(QUICK);
        once.put("disputes.schedule", "1h");
        try (Rig own = Rig.start(once);
                Database database = own.database()) {
            Disputed here = new Disputed(own);
            String id = here.disputed(10_000, "").getString("id");
            own.stopSandbox();
            assertThat(here.contest(id, "{\"text\":\"ours\"}").status()).isEqualTo(202);
            own.stopGateway();
            own.startGateway(Map.of("banks.alpha.disputes", "false"));
            // It has been lying for a while.
            int lying =
                    database.execute(
                            "UPDATE dispute SET sends = 1, next_send_at = now() - interval '1 hour'");
            assertThat(lying).isEqualTo(1);

            double unsent =
                    Until.is(
                            () -> own.admin().metric("oqim_backlog_disputes_unsent"),
                            count -> count > 0);

            assertThat(unsent).isEqualTo(1);
            own.restartSandbox();
        }
    }

    @Test
    void theDatabaseRefusesARefundOfWhatIsDisputed() {
        JsonObject raised = disputes.disputed(10_000, ",\"amount\":4000");

        assertThatThrownBy(
                        () ->
                                rig.postgres()
                                        .admin(
                                                rig.databaseName(),
                                                "UPDATE payment SET pending_refund = 6001 WHERE payment = '%s'"
                                                        .formatted(
                                                                TypeId.parse(
                                                                                "pay",
                                                                                raised.getString(
                                                                                        "payment"))
                                                                        .orElseThrow())))
                .hasStackTraceContaining("refunds_beside_disputes");
    }

    @Test
    void aRefundThatHadNotReachedTheBankFindsTheMoneyGone() {
        String payment = new Shop(rig).captured(10_000);
        String reference = disputes.reference(payment);
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"refund\",\"probability\":1,\"action\":\"drop_before\"}]");
        assertThat(refund(payment, "{\"amount\":7000}").status()).isIn(201, 202);
        JsonObject ignored = disputes.raise(reference, ",\"amount\":10000");

        JsonObject dispute = disputes.one(payment);

        assertThat(dispute.getInt("amount")).isEqualTo(10_000);
        JsonObject both = payment(payment);
        assertThat(both.getInt("amount_disputed")).isEqualTo(10_000);
        assertThat(both.getInt("amount_refundable")).isZero();
        rig.bank().post("/control/reset");
        assertThat(decided(payment)).as("the dispute was first").isIn("failed", "declined");
        assertThat(payment(payment).getInt("amount_refunded")).isZero();
    }

    private static String decided(String payment) {
        return Until.is(
                () -> rig.api().operations(payment).getLast().getString("status"),
                status -> !status.equals("in_doubt") && !status.equals("processing"));
    }

    @Test
    void aRefundAndADisputeThatBothHappenedAreBothBooked() {
        String payment = new Shop(rig).captured(10_000);
        String reference = disputes.reference(payment);
        // The bank has done it, and nobody knows.
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"refund\",\"probability\":1,\"action\":\"drop_after\"},"
                                + "{\"operation\":\"enquiry\",\"probability\":1,\"action\":\"drop_before\"}]");
        assertThat(refund(payment, "{\"amount\":7000}").status()).isIn(201, 202);
        JsonObject ignored = disputes.raise(reference, ",\"amount\":3000");

        assertThat(disputes.one(payment).getInt("amount")).isEqualTo(3_000);
        rig.bank().post("/control/reset");

        assertThat(decided(payment)).isEqualTo("succeeded");
        JsonObject both = payment(payment);
        assertThat(both.getInt("amount_refunded")).isEqualTo(7_000);
        assertThat(both.getInt("amount_disputed")).isEqualTo(3_000);
        assertThat(both.getInt("amount_refundable")).isZero();
    }
}
