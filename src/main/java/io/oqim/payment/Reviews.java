package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Tenant;
import io.oqim.money.Money;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.JournalFull;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What a person makes of a payment in review. What follows from it at the bank, a capture or a
 * void, is written with the decision, and carried out by {@link OwnOperations}.
 */
final class Reviews {
    private final Works works;

    Reviews(Works works) {
        this.works = works;
    }

    /**
     * The payment after it.
     *
     * @param seq of the event that tells of it; 0 when it was decided so before
     * @param follows whether the bank has to be told something
     */
    record Decided(Payment payment, long seq, boolean follows) {}

    /** It may be captured, and is if it was to be captured at once. Blocks for a commit. */
    Decided release(Tenant tenant, UUID payment) {
        return decide(tenant, payment, Review.RELEASED);
    }

    /** What it holds is released at the bank. Blocks for a commit. */
    Decided reject(Tenant tenant, UUID payment) {
        return decide(tenant, payment, Review.REJECTED);
    }

    /**
     * Decides it once; who decides the same again gets it as it stands.
     *
     * @throws Refusal 404, 409 when it is not to be decided, or was decided otherwise, 503 when it
     *     cannot be written in time
     */
    private Decided decide(Tenant tenant, UUID id, Review decision) {
        while (true) {
            Payment now =
                    works.payments()
                            .find(tenant.id(), id)
                            .orElseThrow(() -> new Refusal(Problem.notFound("payment")));
            Review so = now.review().orElseThrow(() -> new Refusal(Refusals.notInReview()));
            if (so == decision) {
                return new Decided(now, 0, false);
            }
            if (so != Review.PENDING) {
                throw new Refusal(Refusals.reviewed(so));
            }
            Payment then = now.reviewed(decision);
            Lifecycle.Decision.Reserved kept = kept(then);
            boolean follows =
                    decision == Review.REJECTED || now.captureMethod() == CaptureMethod.AUTOMATIC;
            Payment next =
                    then.next(
                            then.status(),
                            follows ? kept.amounts() : then.amounts(),
                            then.outcome(),
                            Moment.now());
            Optional<Long> seq =
                    written(
                            ReviewChanges.decided(
                                    opening(tenant, id),
                                    next,
                                    follows ? begins(next, kept) : new Then.Nothing()));
            if (seq.isPresent()) {
                return new Decided(next, seq.get(), follows);
            }
        }
    }

    /** What is captured or released of it. */
    private static Lifecycle.Decision.Reserved kept(Payment then) {
        boolean released = then.review().equals(Optional.of(Review.RELEASED));
        Modification wanted =
                released
                        ? new Modification.Capture(OptionalLong.empty(), false)
                        : new Modification.Cancel();
        return switch (Lifecycle.decide(then, wanted)) {
            case Lifecycle.Decision.Reserved reserved -> reserved;
            case Lifecycle.Decision.Refused refused -> throw new Refusal(refused.problem());
            case Lifecycle.Decision.Undoes undoes ->
                    throw new Refusal(Lifecycle.forbidden(then.status(), OperationKind.CAPTURE));
        };
    }

    private static Then begins(Payment payment, Lifecycle.Decision.Reserved kept) {
        Money amount = new Money(kept.extent().amount(), payment.amount().currency());
        boolean released = payment.review().equals(Optional.of(Review.RELEASED));
        return released
                ? new Then.Begins(OperationKind.CAPTURE, amount, Cause.RELEASE)
                : new Then.Begins(OperationKind.VOID, amount, Cause.REJECTION);
    }

    private Open opening(Tenant tenant, UUID payment) {
        return works.operations()
                .opening(tenant.id(), payment)
                .orElseThrow(() -> new IllegalStateException("a payment without opening"));
    }

    /** The sequence number of its event; nothing when somebody else has changed the payment. */
    private Optional<Long> written(Change change) {
        try {
            return switch (works.journal().commit(change, works.config().journal().commitWait())) {
                case Commit.Accepted accepted -> Optional.of(accepted.lastSeq());
                case Commit.Refused refused -> Optional.empty();
                case Commit.Withdrawn withdrawn ->
                        throw new Refusal(Refusals.unavailable("the database is busy"));
            };
        } catch (JournalFull full) {
            throw new Refusal(Refusals.overloaded());
        }
    }
}
