package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's queue: what asking the banks does not settle, and how a person settles it. The
 * banks are asked on all the while, and may be quicker.
 */
final class Unsettled {
    private static final Logger LOG = LoggerFactory.getLogger(Unsettled.class);

    private final Works works;

    Unsettled(Works works) {
        this.works = works;
    }

    List<OperationStore.Unsettled> list(UUID after, int limit) {
        return works.operations().unsettled(after, limit);
    }

    /**
     * Settles an operation as the person says, with who and why, in one commit.
     *
     * @throws Refusal 404 when it is not in the queue, 409 when it changed just now, 422 when the
     *     bank's name of the payment is needed
     */
    Open settle(UUID operation, ByHand hand) {
        OperationStore.Unsettled found =
                works.operations()
                        .unsettled(operation)
                        .orElseThrow(() -> new Refusal(Problem.notFound("unsettled operation")));
        Open open = found.open();
        return switch (open.attempt().state()) {
            case SENT, UNKNOWN, PENDING, VOIDING, PLANNED -> write(open, hand);
            case DECLINED, REJECTED, REVERSED -> lookedAt(open, hand);
            case NOT_SENT, APPROVED, APPROVED_LATE ->
                    throw new Refusal(Problem.notFound("unsettled operation"));
        };
    }

    private Open write(Open open, ByHand hand) {
        boolean named =
                !open.operation().kind().opens()
                        || hand.bankReference().isPresent()
                        || open.attempt().ids().bankReference().isPresent();
        if (hand.happened() && !named) {
            throw new Refusal(
                    Problem.refused(
                            "missing_field",
                            "bank_reference",
                            "What the bank calls the payment is needed for what follows it."));
        }
        Settled settled = works.settling().byHand(open, hand.happened(), hand.ids(), Moment.now());
        var written =
                works.secondCommit()
                        .write(open, settled, change -> PaymentChanges.byHand(change, open, hand));
        if (written.isEmpty()) {
            throw new Refusal(changed());
        }
        log(open, hand);
        return open.then(settled);
    }

    /** What the bank approved after the end has been given back in some other way. */
    private Open lookedAt(Open open, ByHand hand) {
        if (hand.happened()) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            "outcome",
                            "It has ended without money; say 'failed' when the bank has given it"
                                    + " back."));
        }
        var ignored =
                works.journal()
                        .commitInBackground(
                                PaymentChanges.byHand(PaymentChanges.lookedAt(open), open, hand));
        log(open, hand);
        return open;
    }

    private static void log(Open open, ByHand hand) {
        LOG.atWarn()
                .addKeyValue("tenant", open.tenant())
                .addKeyValue("attempt", open.attempt().reference())
                .log(
                        "settled by hand by {}: {}",
                        hand.by(),
                        hand.happened() ? "succeeded" : "failed");
    }

    private static Problem changed() {
        return Problem.conflict("changed_meanwhile", "The payment changed just now; look again.")
                .retryAfter(Refusals.RETRY);
    }
}
