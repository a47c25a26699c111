package io.oqim.payment;

import io.oqim.money.Money;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A payment as it stands.
 *
 * @param review when a rule wanted a person to look at it
 * @param authorizedUntil when what is authorized and not captured is released; kept as long as the
 *     status holds something
 * @param version one more with each change: a change is written only over the version that it was
 *     made from
 */
record Payment(
        UUID id,
        PaymentStatus status,
        Money amount,
        Amounts amounts,
        CaptureMethod captureMethod,
        String bank,
        Instrument instrument,
        Details details,
        Outcome outcome,
        Optional<Review> review,
        Optional<Instant> authorizedUntil,
        boolean test,
        Instant created,
        Instant updated,
        long version) {

    /** What there is to say about the way it went. */
    record Outcome(
            Optional<Decline> decline,
            Optional<Failure> failure,
            Optional<String> redirect,
            Optional<InDoubt> inDoubt) {
        static final Outcome NOTHING =
                new Outcome(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        static Outcome of(Decline decline) {
            return new Outcome(
                    Optional.of(decline), Optional.empty(), Optional.empty(), Optional.empty());
        }

        static Outcome of(Failure failure) {
            return new Outcome(
                    Optional.empty(), Optional.of(failure), Optional.empty(), Optional.empty());
        }

        static Outcome redirect(String url) {
            return new Outcome(
                    Optional.empty(), Optional.empty(), Optional.of(url), Optional.empty());
        }

        static Outcome of(InDoubt inDoubt) {
            return new Outcome(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(inDoubt));
        }
    }

    /** Where a new payment goes, and what its request does not say. */
    record Origin(String bank, Instrument instrument, boolean test) {}

    /** A payment that nothing has happened to yet. */
    static Payment begun(UUID id, CreatePayment request, Origin origin, Instant now) {
        return new Payment(
                id,
                PaymentStatus.PROCESSING,
                request.amount(),
                Amounts.NONE,
                request.captureMethod(),
                origin.bank(),
                origin.instrument(),
                request.details(),
                Outcome.NOTHING,
                Optional.empty(),
                Optional.empty(),
                origin.test(),
                now,
                now,
                1);
    }

    /** What a change of a payment may change. */
    private record Standing(
            PaymentStatus status,
            Amounts amounts,
            Outcome outcome,
            Optional<Review> review,
            Optional<Instant> authorizedUntil) {}

    private Payment changed(Standing to, String at, Instant when, long number) {
        return new Payment(
                id,
                to.status(),
                amount,
                to.amounts(),
                captureMethod,
                at,
                instrument,
                details,
                to.outcome(),
                to.review(),
                to.authorizedUntil(),
                test,
                created,
                when,
                number);
    }

    private Standing standing() {
        return new Standing(status, amounts, outcome, review, authorizedUntil);
    }

    /**
     * The payment on its next try, which may go to another bank: nothing ever left for the last.
     */
    Payment triedAgain(String otherBank, Instant now) {
        Payment next = next(PaymentStatus.PROCESSING, amounts, Outcome.NOTHING, now);
        return next.changed(next.standing(), otherBank, next.updated(), next.version());
    }

    /** The same as one change of another, however many made it. */
    Payment over(Payment before) {
        return changed(standing(), bank, updated, before.version() + 1);
    }

    /** The payment after a change of status. */
    Payment next(PaymentStatus to, Amounts then, Outcome how, Instant now) {
        return changed(
                new Standing(to, then, how, reviewWhen(to), authorizedUntil),
                bank,
                now.isBefore(updated) ? updated : now,
                version + 1);
    }

    /** The same, whose authorization is released then. */
    Payment until(Instant end) {
        return changed(
                new Standing(status, amounts, outcome, review, Optional.of(end)),
                bank,
                updated,
                version);
    }

    /** The same, of which a person has to say, or has said, what is done with it. */
    Payment reviewed(Review how) {
        return changed(
                new Standing(status, amounts, outcome, Optional.of(how), authorizedUntil),
                bank,
                updated,
                version);
    }

    /** What has ended needs no decision any more. */
    private Optional<Review> reviewWhen(PaymentStatus to) {
        boolean over = !to.incomplete() && !to.holds();
        return review.map(last -> last == Review.PENDING && over ? Review.CLOSED : last);
    }

    /** Whether a person still has to say what is done with it. */
    boolean inReview() {
        return review.equals(Optional.of(Review.PENDING));
    }

    /** Whether a review keeps it from being captured. */
    boolean held() {
        return review.filter(Review::holds).isPresent();
    }
}
