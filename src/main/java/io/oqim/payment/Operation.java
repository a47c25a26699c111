package io.oqim.payment;

import io.oqim.money.Money;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One thing that was asked of a payment.
 *
 * @param key the idempotency key that it was asked under
 */
record Operation(
        UUID id,
        UUID payment,
        OperationKind kind,
        OperationStatus status,
        Money amount,
        Optional<String> key,
        Instant created,
        Instant updated) {
    Operation next(OperationStatus to, Instant now) {
        return new Operation(
                id, payment, kind, to, amount, key, created, now.isBefore(updated) ? updated : now);
    }
}
