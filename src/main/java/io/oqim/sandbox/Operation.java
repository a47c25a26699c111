package io.oqim.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One operation as it stands: what the caller's reference stands for at this bank.
 *
 * @param payment the bank's reference of the payment it belongs to
 * @param amount asked for; what was released, for a void; the new total, for an adjustment
 * @param origin of the payment, on the operation that opened it
 * @param undoing on a void by reference
 */
record Operation(
        String reference,
        OperationKind kind,
        String payment,
        Amount amount,
        Outcome outcome,
        @Nullable Origin origin,
        @Nullable Undoing undoing) {

    static Operation later(LaterOrder order, Amount amount, Outcome outcome) {
        return new Operation(
                order.reference(), order.kind(), order.payment(), amount, outcome, null, null);
    }

    Status status() {
        return outcome.status();
    }

    Operation with(Outcome next) {
        return new Operation(reference, kind, payment, amount, next, origin, undoing);
    }

    /** Whether it took money that a cardholder may want back. */
    boolean isDebit() {
        return status() == Status.APPROVED
                && (kind == OperationKind.SALE || kind == OperationKind.CAPTURE);
    }

    boolean isHiddenAt(Instant now) {
        Instant until = outcome.hiddenUntil();
        return until != null && now.isBefore(until);
    }
}
