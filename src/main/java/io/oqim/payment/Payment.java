package io.oqim.payment;

import io.oqim.money.Money;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A payment as it stands.
 *
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
                origin.test(),
                now,
                now,
                1);
    }

    /**
     * The payment on its next try, which may go to another bank: nothing ever left for the last.
     */
    Payment triedAgain(String otherBank, Instant now) {
        Payment next = next(PaymentStatus.PROCESSING, amounts, Outcome.NOTHING, now);
        return new Payment(
                id,
                next.status(),
                amount,
                amounts,
                captureMethod,
                otherBank,
                instrument,
                details,
                next.outcome(),
                authorizedUntil,
                test,
                created,
                next.updated(),
                next.version());
    }

    /** The same as one change of another, however many made it. */
    Payment over(Payment before) {
        return new Payment(
                id,
                status,
                amount,
                amounts,
                captureMethod,
                bank,
                instrument,
                details,
                outcome,
                authorizedUntil,
                test,
                created,
                updated,
                before.version() + 1);
    }

    /** The payment after a change of status. */
    Payment next(PaymentStatus to, Amounts then, Outcome how, Instant now) {
        return new Payment(
                id,
                to,
                amount,
                then,
                captureMethod,
                bank,
                instrument,
                details,
                how,
                authorizedUntil,
                test,
                created,
                now.isBefore(updated) ? updated : now,
                version + 1);
    }

    /** The same, whose authorization is released then. */
    Payment until(Instant end) {
        return new Payment(
                id,
                status,
                amount,
                amounts,
                captureMethod,
                bank,
                instrument,
                details,
                outcome,
                Optional.of(end),
                test,
                created,
                updated,
                version);
    }
}
