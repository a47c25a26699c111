package io.oqim.payment;

import io.oqim.money.Money;
import java.time.Duration;
import java.util.Optional;

/**
 * What Oqim itself goes on with after an operation was settled. Written with it, and carried out by
 * a worker.
 */
sealed interface Then {
    record Nothing() implements Then {}

    /** An operation that nobody asked for; the payment's amounts keep what it needs already. */
    record Begins(OperationKind kind, Money amount, Cause cause) implements Then {}

    /**
     * The same operation's next attempt, after this pause: the last one did nothing.
     *
     * @param unsettled why a person should look at it, if one should
     */
    record TriesAgain(Attempt attempt, Duration in, Optional<String> unsettled) implements Then {}
}
