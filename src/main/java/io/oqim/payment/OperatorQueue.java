package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.Commit;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What asking the banks does not settle, and how a person settles it. The banks are asked on all
 * the while, and may be quicker.
 */
final class OperatorQueue {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorQueue.class);

    private final Works works;

    OperatorQueue(Works works) {
        this.works = works;
    }

    List<DueStore.Unsettled> list(UUID after, int limit) {
        return works.due().unsettled(after, limit);
    }

    /**
     * Settles an operation as the person says, with who and why, in one commit, under a lease: no
     * worker asks or sends meanwhile.
     *
     * @throws Refusal 404 when it is not in the queue, 409 when somebody is at work on it or it
     *     changed just now, 422 when the bank's name of the payment is needed
     */
    Open settle(UUID operation, ByHand hand) {
        Open found =
                works.due()
                        .unsettled(operation)
                        .orElseThrow(() -> new Refusal(Problem.notFound("unsettled operation")))
                        .open();
        Open open =
                works.due()
                        .lease(
                                found.tenant(),
                                found.attempt().bank(),
                                found.attempt().reference(),
                                works.config().resolver().lease())
                        .orElseThrow(() -> new Refusal(changed()))
                        .open();
        boolean settled = false;
        try {
            Open then = settled(open, hand);
            settled = true;
            return then;
        } finally {
            if (!settled) {
                works.due().release(open);
            }
        }
    }

    private Open settled(Open open, ByHand hand) {
        return switch (open.attempt().state()) {
            case UNKNOWN, PENDING, VOIDING, PLANNED -> decided(open, hand);
            case DECLINED, REJECTED, REVERSED ->
                    hand.happened() ? doneAfterAll(open, hand) : lookedAt(open, hand);
            case SENT, NOT_SENT, APPROVED, APPROVED_LATE -> throw new Refusal(changed());
        };
    }

    private Open decided(Open open, ByHand hand) {
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
        return write(
                open,
                works.settling().byHand(open, hand.happened(), hand.ids(), Moment.now()),
                hand);
    }

    /** What was taken for failed was done by the bank, and stays done. */
    private Open doneAfterAll(Open open, ByHand hand) {
        if (open.operation().kind().opens()) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            "outcome",
                            "The payment has ended without money; say 'failed' when the bank has"
                                    + " given it back."));
        }
        try {
            return write(open, works.settling().late().doneAfterAll(open, Moment.now()), hand);
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Problem.conflict(
                            "amount_reserved", "The payment's amounts do not allow it any more."));
        }
    }

    private Open write(Open open, Settled settled, ByHand hand) {
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
        Commit commit =
                works.journal()
                        .commitInBackground(
                                PaymentChanges.byHand(PaymentChanges.lookedAt(open), open, hand));
        if (!(commit instanceof Commit.Accepted)) {
            throw new Refusal(changed());
        }
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
        return Problem.conflict(
                        "changed_meanwhile",
                        "Somebody is at work on it, or it changed just now; look again.")
                .retryAfter(Refusals.RETRY);
    }
}
