package io.oqim.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * What the bank holds and has debited for one payment: the fold of its rows.
 *
 * @param reference the caller's, of the operation that opened it
 * @param closed voided: its total cannot be set again
 */
record Payment(
        String reference,
        OperationKind kind,
        Amount original,
        Origin origin,
        Sums sums,
        boolean closed) {

    static Payment opened(Operation operation, Origin origin) {
        return new Payment(
                operation.reference(),
                operation.kind(),
                operation.amount(),
                origin,
                Sums.NONE,
                false);
    }

    /**
     * The payment after a movement.
     *
     * @param before how the moving operation stood until now, or null when it is new
     */
    Payment after(Movement movement, @Nullable Operation before) {
        long amount = movement.amount();
        Sums next = before != null && before.status().isOpen() ? withoutOpen(before) : sums;
        Operation operation = movement.operation();
        if (operation.status().isOpen()) {
            return with(reserve(next, operation));
        }
        return switch (movement.effect()) {
            case HOLD -> with(next.authorize(amount));
            case DEBIT ->
                    operation.kind() == OperationKind.SALE
                            ? with(next.authorize(amount).capture(amount))
                            : with(next.capture(amount));
            case RELEASE -> closedBy(next.authorize(-amount), operation);
            case CREDIT -> closedBy(next.refund(amount), operation);
            case NONE -> closedBy(next, operation);
        };
    }

    /** The payment after a change of a dispute about it. */
    Payment after(DisputeChange change) {
        return with(sums.dispute(change.taken()));
    }

    private static Sums reserve(Sums sums, Operation open) {
        return reserve(sums, open, open.amount().minorUnits());
    }

    private Sums withoutOpen(Operation open) {
        return reserve(sums, open, -open.amount().minorUnits());
    }

    private static Sums reserve(Sums sums, Operation open, long amount) {
        return switch (open.kind()) {
            case CAPTURE -> sums.openCapture(amount);
            case REFUND -> sums.openRefund(amount);
            case AUTHORIZE, SALE, VOID, ADJUST -> sums;
        };
    }

    /** With these sums, and closed when the operation is a void. */
    private Payment closedBy(Sums next, Operation operation) {
        boolean voided = operation.kind() == OperationKind.VOID;
        return new Payment(reference, kind, original, origin, next, closed || voided);
    }

    private Payment with(Sums next) {
        return new Payment(reference, kind, original, origin, next, closed);
    }
}
