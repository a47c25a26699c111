package io.oqim.payment;

import io.oqim.money.Money;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A payment as it stands.
 *
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
        Card card,
        Details details,
        Outcome outcome,
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

    /** The payment after a change of status. */
    Payment next(PaymentStatus to, Amounts then, Outcome how, Instant now) {
        return new Payment(
                id,
                to,
                amount,
                then,
                captureMethod,
                bank,
                card,
                details,
                how,
                test,
                created,
                now.isBefore(updated) ? updated : now,
                version + 1);
    }
}
