package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankReply;
import io.oqim.merchant.Mode;
import io.oqim.merchant.Policy;
import io.oqim.merchant.Tenant;
import io.oqim.store.Change;
import io.oqim.store.Row;
import io.oqim.store.Write;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PaymentChangesTest {
    private static final BankReply APPROVED = new BankReply.Approved(Samples.ASKED, BankIds.none());

    private static final KeyedRequest ASKED =
            new KeyedRequest(
                    new Tenant(7, UUID.randomUUID(), Mode.TEST, Policy.STANDARD),
                    "key-1",
                    new byte[32]);

    private final Settling settling = new Settling(Samples.CONFIG);
    private final PaymentChanges changes =
            new PaymentChanges(Samples.CONFIG.banks(), Samples.CONFIG.ledger());
    private final Open sale = Samples.open(OperationKind.SALE, PaymentStatus.PROCESSING);

    @Test
    void theFirstCommitIsClaimPaymentOperationAndAttemptWithOneEvent() {
        Change change = changes.first(sale, ASKED, Optional.empty());

        assertThat(names(change)).containsExactly("claim", "payment", "operation", "attempt");
        assertThat(types(change)).containsExactly("payment.created");
        assertThat(change.subject()).isEqualTo(Samples.PAYMENT);
        assertThat(change.tenant()).isEqualTo(7);
    }

    @Test
    void theAttemptIsAbandonedOnlyAfterItsSenderCannotBeSendingAnyMore() {
        Row attempt = row(changes.first(sale, ASKED, Optional.empty()), PaymentWrites.ATTEMPT);

        // send window, then with the bank's deadline and the margin on top
        assertThat(attempt.values()).endsWith(2_000L, 10_000L);
    }

    @Test
    void anApprovedSaleIsOneChangeWithItsMoneyItsEventAndItsAnswer() {
        PaymentChanges.Answering answering = settled(sale, APPROVED, Optional.of(new byte[] {1}));

        assertThat(names(answering.change()))
                .containsExactly(
                        "payment_update",
                        "operation_update",
                        "attempt_update",
                        "posting",
                        "ledger_balance",
                        "ledger_balance",
                        "maturing",
                        "trace",
                        "response");
        assertThat(types(answering.change())).containsExactly("payment.captured");
        assertThat(row(answering.change(), PaymentWrites.RESPONSE).values())
                .containsExactly(7L, "key-1", 201, answering.body(), Row.EVENT_SEQ);
    }

    @Test
    void theEventHoldsTheSameBytesAsTheAnswer() {
        PaymentChanges.Answering answering = settled(sale, APPROVED, Optional.empty());

        assertThat(
                        new String(
                                answering.change().events().getFirst().body(),
                                StandardCharsets.UTF_8))
                .endsWith(
                        ",\"data\":" + new String(answering.body(), StandardCharsets.UTF_8) + "}");
    }

    @Test
    void whatLeavesDoubtHasTwoEventsInOrder() {
        Open doubtful = Samples.open(OperationKind.AUTHORIZE, PaymentStatus.IN_DOUBT);

        assertThat(types(settled(doubtful, APPROVED, Optional.empty()).change()))
                .containsExactly("payment.resolved", "payment.authorized");
    }

    @Test
    void anUpdateIsGuardedByTheVersionThatItWasMadeFrom() {
        Change change = settled(sale, APPROVED, Optional.empty()).change();

        Row update = row(change, PaymentWrites.PAYMENT_UPDATE);
        assertThat(update.write().stage()).isEqualTo(Write.Stage.GUARD);
        assertThat(update.values()).startsWith(change.id(), 7L, Samples.PAYMENT, 2L, "captured");
    }

    @Test
    void withoutAnEventTheAnswerKeepsTheSequenceNumberThatIsKnown() {
        BankReply pending = new BankReply.Pending(BankIds.none(), Optional.empty());

        PaymentChanges.Answering answering =
                changes.settled(
                        sale, settling.settle(sale, pending, Samples.NOW), Optional.empty(), 41);

        assertThat(answering.change().events()).isEmpty();
        assertThat(row(answering.change(), PaymentWrites.RESPONSE_KNOWN).values())
                .containsExactly(7L, "key-1", 202, answering.body(), 41L);
    }

    @Test
    void whatWasNotSentOpensItsKeyAgainAndStoresNoAnswer() {
        Change change = notSent().change();

        assertThat(names(change))
                .containsExactly(
                        "payment_update", "operation_update", "attempt_update", "claim_reopened");
        assertThat(row(change, PaymentWrites.CLAIM_REOPENED).values())
                .containsExactly(change.id(), 7L, "key-1", true);
    }

    @Test
    void theNextTryTakesTheKeyWithANewReference() {
        Change change = nextTry();

        assertThat(row(change, PaymentWrites.CLAIM_REOPENED).values())
                .containsExactly(change.id(), 7L, "key-1", false);
        assertThat(row(change, PaymentWrites.ATTEMPT).values()).contains(2, "key-1-name-2", "beta");
    }

    @Test
    void theNextTryClosesTheAttemptThatWasNotSent() {
        Row closed = row(nextTry(), PaymentWrites.ATTEMPT_UPDATE);

        assertThat(closed.values())
                .startsWith(7L, Samples.OPERATION, 1, "not_sent")
                .endsWith((Object) null);
    }

    @Test
    void whatNobodyCameBackForTakesTheKeyAndStoresItsAnswer() {
        Settled settled = settling.settle(sale, new BankReply.NotSent("refused"), Samples.NOW);
        Open waiting =
                new Open(
                        7,
                        settled.payment(),
                        settled.operation(),
                        settled.attempt(),
                        Policy.STANDARD);

        Change change =
                changes.settled(
                                waiting,
                                settling.givenUp(waiting, Samples.NOW),
                                Optional.empty(),
                                0)
                        .change();

        assertThat(row(change, PaymentWrites.CLAIM_REOPENED).values())
                .containsExactly(change.id(), 7L, "key-1", false);
        assertThat(row(change, PaymentWrites.RESPONSE).values()).contains("key-1", 201);
    }

    @Test
    void nothingThatIsWrittenShowsTheCustomerInAnEvent() {
        Change change = changes.first(sale, ASKED, Optional.empty());

        String event = new String(change.events().getFirst().body(), StandardCharsets.UTF_8);
        assertThat(event)
                .contains("\"last4\":\"4242\"")
                .doesNotContain("somebody@example.com")
                .doesNotContain("203.0.113.7");
    }

    private Change nextTry() {
        Settled unsent = settling.settle(sale, new BankReply.NotSent("refused"), Samples.NOW);
        Open second =
                new Open(
                        7,
                        unsent.payment(),
                        unsent.operation(),
                        unsent.attempt().again("beta"),
                        Policy.STANDARD);
        return changes.again(second, unsent.attempt(), "key-1");
    }

    private PaymentChanges.Answering notSent() {
        return settled(sale, new BankReply.NotSent("refused"), Optional.empty());
    }

    private PaymentChanges.Answering settled(Open open, BankReply reply, Optional<byte[]> legs) {
        return changes.settled(open, settling.settle(open, reply, Samples.NOW), legs, 0);
    }

    private static Row row(Change change, Write write) {
        return change.rows().stream()
                .filter(row -> row.write().equals(write))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + write.name()));
    }

    private static List<String> names(Change change) {
        return change.rows().stream().map(row -> row.write().name()).toList();
    }

    private static List<String> types(Change change) {
        return change.events().stream().map(Change.Draft::type).toList();
    }
}
