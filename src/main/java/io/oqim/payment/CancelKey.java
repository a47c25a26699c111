package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Tenant;
import java.util.Optional;

/**
 * Cancels what was asked for under an idempotency key whose answer is outstanding: at the bank, by
 * its reference, or before anything of it was stored. May be repeated.
 */
final class CancelKey {
    private final Works works;
    private final Undoing undoing;
    private final ClaimStore claims;
    private final Insistent insistent;

    CancelKey(Works works, Undoing undoing, ClaimStore claims, Insistent insistent) {
        this.works = works;
        this.undoing = undoing;
        this.claims = claims;
        this.insistent = insistent;
    }

    /**
     * It will not be done any more, or is undone.
     *
     * @param seq of the last event that came of it; 0 when there was none
     * @param decided false when the bank has not said yet that it is undone
     */
    record Canceled(long seq, boolean decided) {
        private static final Canceled BEFORE = new Canceled(0, true);
    }

    /**
     * Blocks for the bank's answer, and no longer than a request may take.
     *
     * @throws Refusal 409 when it has ended in another way; 503 when it cannot be done, or be said,
     *     now
     */
    Canceled cancel(Tenant tenant, String key) throws InterruptedException {
        return insistent.run(() -> canceled(tenant.id(), key));
    }

    private Canceled canceled(long tenant, String key) {
        Optional<ClaimStore.Claim> claim = claims.find(tenant, key);
        if (claim.isEmpty()) {
            if (CallersCommit.write(works, PaymentChanges.barred(tenant, key)).isPresent()) {
                return Canceled.BEFORE;
            }
            // It was claimed just now.
            claim = claims.find(tenant, key);
        }
        if (claim.isEmpty()) {
            throw new Refusal(Refusals.inUse());
        }
        return claim.get().barred() ? Canceled.BEFORE : undone(tenant, claim.get());
    }

    private Canceled undone(long tenant, ClaimStore.Claim claim) {
        Open open =
                works.operations()
                        .latest(tenant, claim.operation())
                        .orElseThrow(() -> new Refusal(Problem.notFound("idempotency key")));
        if (open.attempt().state() == AttemptState.VOIDING) {
            return ended(undoing.tell(new Recovery.Stands(open, 0)));
        }
        if (open.operation().status().ended()) {
            return ended(new Recovery.Stands(open, 0));
        }
        if (!undoing.possible(open)) {
            throw new Refusal(Refusals.cannotUndo());
        }
        return undoing.decide(open, change -> change)
                .map(decided -> ended(undoing.tell(decided)))
                .orElseThrow(() -> new Refusal(Refusals.inUse()));
    }

    /** Whether it was the cancel that ended it or not: it has not happened, and never will. */
    private static Canceled ended(Recovery.Stands stands) {
        if (stands.open().operation().status() == OperationStatus.SUCCEEDED) {
            throw new Refusal(Refusals.keyAnswered());
        }
        return new Canceled(stands.seq(), stands.open().operation().status().ended());
    }
}
