package io.oqim.payment;

import java.util.OptionalLong;

/** What is asked of a payment that exists. Amounts are in minor units of its currency. */
sealed interface Modification {
    /**
     * Debits what is authorized; all that is left when no amount is given.
     *
     * @param last whether the rest is released when it has succeeded
     */
    record Capture(OptionalLong amount, boolean last) implements Modification {}

    /** Releases all that is authorized and not captured. */
    record Cancel() implements Modification {}

    /** Gives back what is captured; all that is left when no amount is given. */
    record Refund(OptionalLong amount) implements Modification {}

    /** Holds more or less than until now: {@code total} in all. */
    record Adjustment(long total) implements Modification {}

    /** The operation that does it. */
    default OperationKind kind() {
        return switch (this) {
            case Capture capture -> OperationKind.CAPTURE;
            case Cancel cancel -> OperationKind.VOID;
            case Refund refund -> OperationKind.REFUND;
            case Adjustment adjustment -> OperationKind.ADJUST;
        };
    }
}
