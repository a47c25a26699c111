package io.oqim.payment;

import io.oqim.money.Money;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One thing that was asked of a payment.
 *
 * @param amount what the bank is asked for
 * @param terms how it was asked for
 */
record Operation(
        UUID id,
        UUID payment,
        OperationKind kind,
        OperationStatus status,
        Money amount,
        Terms terms,
        Instant created,
        Instant updated) {

    /**
     * How an operation was asked for.
     *
     * @param key the idempotency key that it was asked under; empty when Oqim itself began it
     * @param last whether it is a final capture
     * @param before of an adjustment, what was authorized until then; else 0
     * @param releases of a final capture, what is released after it; else 0
     * @param fromBalance of a refund, whether a part of the available balance is kept for it
     */
    record Terms(
            Cause cause,
            Optional<String> key,
            boolean last,
            long before,
            long releases,
            boolean fromBalance) {
        static Terms asked(String key) {
            return new Terms(Cause.MERCHANT, Optional.of(key), false, 0, 0, false);
        }

        static Terms own(Cause cause) {
            return new Terms(cause, Optional.empty(), false, 0, 0, false);
        }
    }

    Optional<String> key() {
        return terms.key();
    }

    /** Whether Oqim itself began it, so that nobody waits for an answer or comes back for it. */
    boolean own() {
        return terms.key().isEmpty();
    }

    Extent extent() {
        return new Extent(amount.minorUnits(), terms.before(), terms.releases());
    }

    /** The same, without taking the money at once. */
    Operation authorizing() {
        return new Operation(
                id, payment, OperationKind.AUTHORIZE, status, amount, terms, created, updated);
    }

    Operation next(OperationStatus to, Instant now) {
        return new Operation(
                id,
                payment,
                kind,
                to,
                amount,
                terms,
                created,
                now.isBefore(updated) ? updated : now);
    }
}
