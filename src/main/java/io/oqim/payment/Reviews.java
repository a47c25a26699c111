package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Tenant;
import io.oqim.money.Money;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What a person makes of a payment in review. What follows from it at the bank, a capture or a
 * void, is written with the decision, and carried out by {@link OwnOperations}.
 */
final class Reviews {
    private final Works works;
    private final Insistent insistent;

    Reviews(Works works, Insistent insistent) {
        this.works = works;
        this.insistent = insistent;
    }

    /**
     * A decision.
     *
     * @param by who says so
     */
    record Word(Review review, Optional<String> by, Optional<String> reason) {}

    /**
     * The payment after it.
     *
     * @param seq of the event that tells of it; 0 when it was decided so before
     * @param follows whether the bank has to be told something
     */
    record Decided(Payment payment, long seq, boolean follows) {}

    /**
     * Decides it once; who decides the same again gets it as it stands. Blocks for a commit, and no
     * longer than a request may take.
     *
     * @throws Refusal 404, 409 when it is not to be decided, or was decided otherwise, 503 when it
     *     cannot be written in time
     */
    Decided decide(Tenant tenant, UUID payment, Word word) throws InterruptedException {
        return insistent.run(() -> decided(tenant.id(), payment, word));
    }

    private Decided decided(long tenant, UUID id, Word word) {
        while (true) {
            Payment now =
                    works.payments()
                            .find(tenant, id)
                            .orElseThrow(() -> new Refusal(Problem.notFound("payment")));
            Review so = now.review().orElseThrow(() -> new Refusal(Refusals.notInReview()));
            if (so == word.review() && !leftToRelease(now)) {
                return new Decided(now, 0, false);
            }
            if (so != Review.PENDING && so != Review.CLOSED && so != word.review()) {
                throw new Refusal(Refusals.reviewed(so));
            }
            if (now.status() != PaymentStatus.AUTHORIZED) {
                throw new Refusal(Refusals.nothingToReview(now.status()));
            }
            Optional<Decided> decided = written(tenant, now, word);
            if (decided.isPresent()) {
                return decided.get();
            }
        }
    }

    /** It is rejected, and the bank has refused to release it. */
    private static boolean leftToRelease(Payment now) {
        return now.review().equals(Optional.of(Review.REJECTED))
                && now.status() == PaymentStatus.AUTHORIZED
                && now.amounts().capturable() > 0;
    }

    /** Nothing when somebody else has changed the payment. */
    private Optional<Decided> written(long tenant, Payment now, Word word) {
        Open opening =
                works.operations()
                        .opening(tenant, now.id())
                        .orElseThrow(() -> new IllegalStateException("a payment without opening"));
        Payment then = now.reviewed(word.review());
        Optional<Following> following = following(then);
        Payment next =
                then.next(
                        then.status(),
                        following.map(Following::amounts).orElse(then.amounts()),
                        then.outcome(),
                        Moment.now());
        Then begins = following.<Then>map(Following::begins).orElseGet(Then.Nothing::new);
        OptionalLong seq =
                CallersCommit.write(works, ReviewChanges.decided(opening, next, begins, word));
        return seq.isPresent()
                ? Optional.of(new Decided(next, seq.getAsLong(), following.isPresent()))
                : Optional.empty();
    }

    /** What Oqim begins, and what the payment's amounts keep for it. */
    private record Following(Then.Begins begins, Amounts amounts) {}

    private static Optional<Following> following(Payment then) {
        if (then.review().equals(Optional.of(Review.REJECTED))) {
            return Optional.of(following(then, new Modification.Cancel(), Cause.REJECTION));
        }
        return then.captureMethod() == CaptureMethod.MANUAL
                ? Optional.empty()
                : Optional.of(
                        following(
                                then,
                                new Modification.Capture(OptionalLong.empty(), false),
                                Cause.ACCEPTANCE));
    }

    private static Following following(Payment then, Modification wanted, Cause cause) {
        return switch (Lifecycle.decide(then, wanted)) {
            case Lifecycle.Decision.Reserved reserved ->
                    new Following(
                            new Then.Begins(
                                    wanted.kind(),
                                    new Money(reserved.extent().amount(), then.amount().currency()),
                                    cause),
                            reserved.amounts());
            case Lifecycle.Decision.Refused refused -> throw new Refusal(refused.problem());
            case Lifecycle.Decision.Undoes undoes ->
                    throw new Refusal(Refusals.nothingToReview(then.status()));
        };
    }
}
