package io.oqim.payment;

import io.oqim.ledger.Posting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a bank's reply made of an operation.
 *
 * @param nextCheck when the resolver asks (again); empty when nothing is open
 * @param events types, in order
 * @param forKey what it means for the idempotency key of the operation
 * @param then what Oqim itself goes on with
 */
record Settled(
        Payment payment,
        Operation operation,
        Attempt attempt,
        Optional<Duration> nextCheck,
        List<String> events,
        List<Posting> postings,
        ForKey forKey,
        Then then) {

    /** Nothing follows. */
    Settled(
            Payment payment,
            Operation operation,
            Attempt attempt,
            Optional<Duration> nextCheck,
            List<String> events,
            List<Posting> postings,
            ForKey forKey) {
        this(payment, operation, attempt, nextCheck, events, postings, forKey, new Then.Nothing());
    }

    /** The same, with the attempt in another state. */
    Settled with(Attempt other) {
        return new Settled(payment, operation, other, nextCheck, events, postings, forKey, then);
    }

    /** The same, and something follows. */
    Settled with(Then follows) {
        return new Settled(
                payment, operation, attempt, nextCheck, events, postings, forKey, follows);
    }

    /** The same, with other events. */
    Settled telling(List<String> types) {
        return new Settled(payment, operation, attempt, nextCheck, types, postings, forKey, then);
    }

    /** The same as one change of a payment, however many steps made it. */
    Settled over(Payment before) {
        return new Settled(
                payment.over(before),
                operation,
                attempt,
                nextCheck,
                events,
                postings,
                forKey,
                then);
    }

    /** What becomes of an idempotency key. */
    sealed interface ForKey {
        /** The payment is stored under it as the answer, with this HTTP status. */
        record Answered(int status) implements ForKey {}

        /** Nothing left for a bank: it is open again, and the next try goes on with the payment. */
        record Reopened() implements ForKey {}
    }
}
