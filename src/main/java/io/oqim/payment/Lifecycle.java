package io.oqim.payment;

import io.oqim.http.Problem;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What may be asked of a payment, by its status and its amounts: the one table of it, from which
 * docs/states.md is drawn. Pure.
 */
final class Lifecycle {
    private Lifecycle() {}

    /** What came of asking. */
    sealed interface Decision {
        /** It may go on: this much, which the amounts now keep for it. */
        record Reserved(Extent extent, Amounts amounts) implements Decision {}

        /**
         * The operation that opens the payment is not decided: it is to be undone at the bank by
         * its reference, whatever it did.
         */
        record Undoes() implements Decision {}

        /** It may not. */
        record Refused(Problem problem) implements Decision {}
    }

    /** The operations that a status allows, if the amounts do too. */
    static Set<OperationKind> allowed(PaymentStatus status) {
        return switch (status) {
            case AUTHORIZED ->
                    EnumSet.of(OperationKind.CAPTURE, OperationKind.VOID, OperationKind.ADJUST);
            case PARTIALLY_CAPTURED ->
                    EnumSet.of(
                            OperationKind.CAPTURE,
                            OperationKind.VOID,
                            OperationKind.REFUND,
                            OperationKind.ADJUST);
            case CAPTURED -> EnumSet.of(OperationKind.REFUND);
            case REQUIRES_ACTION, PROCESSING, IN_DOUBT -> EnumSet.of(OperationKind.VOID);
            case DECLINED, FAILED, CANCELED, EXPIRED -> EnumSet.noneOf(OperationKind.class);
        };
    }

    static Decision decide(Payment payment, Modification asked) {
        if (!allowed(payment.status()).contains(asked.kind())) {
            return new Decision.Refused(forbidden(payment.status(), asked.kind()));
        }
        if (payment.held() && asked.kind() != OperationKind.VOID) {
            return new Decision.Refused(Refusals.inReview(payment, asked.kind()));
        }
        Amounts amounts = payment.amounts();
        return switch (asked) {
            case Modification.Capture capture -> capture(amounts, capture);
            case Modification.Cancel cancel ->
                    payment.status().incomplete() ? new Decision.Undoes() : cancel(amounts);
            case Modification.Refund refund -> refund(amounts, refund.amount());
            case Modification.Adjustment adjustment -> adjust(amounts, adjustment.total());
        };
    }

    private static Decision capture(Amounts amounts, Modification.Capture asked) {
        long ever = amounts.left();
        long amount = asked.amount().orElse(amounts.capturable());
        if (amount > ever || ever == 0) {
            return exceeds(
                    "capture_exceeds_authorized",
                    "At most " + ever + " of this payment can still be captured.");
        }
        if (amount > amounts.capturable() || amount == 0) {
            return reserved("captured", amounts.capturable());
        }
        if (asked.last() && undecided(amounts)) {
            return reserved("captured finally", 0);
        }
        long rest = asked.last() ? amounts.capturable() - amount : 0;
        return keep(amounts, OperationKind.CAPTURE, new Extent(amount, 0, rest));
    }

    private static Decision cancel(Amounts amounts) {
        long amount = amounts.capturable();
        if (undecided(amounts) || amount == 0) {
            return reserved("canceled", 0);
        }
        return keep(amounts, OperationKind.VOID, Extent.of(amount));
    }

    /**
     * A bank releases all that it has not captured, as it then is: what is under way would make it
     * more or less than we think.
     */
    private static boolean undecided(Amounts amounts) {
        Amounts.Kept kept = amounts.kept();
        return kept.capture() + kept.release() + kept.increase() > 0;
    }

    private static Decision refund(Amounts amounts, OptionalLong wanted) {
        long ever = amounts.captured() - amounts.refunded();
        long amount = wanted.orElse(amounts.refundable());
        if (amount > ever || ever == 0) {
            return exceeds(
                    "refund_exceeds_captured",
                    "At most " + ever + " of this payment can still be refunded.");
        }
        if (amount > amounts.notRefunded() || amounts.notRefunded() == 0) {
            return new Decision.Refused(Refusals.disputed(amounts.refundable()));
        }
        if (amount > amounts.refundable() || amount == 0) {
            return reserved("refunded", amounts.refundable());
        }
        return keep(amounts, OperationKind.REFUND, Extent.of(amount));
    }

    private static Decision adjust(Amounts amounts, long total) {
        long least = amounts.authorized() - amounts.left();
        if (total < least) {
            return exceeds(
                    "adjustment_below_captured",
                    "At least " + least + " is captured already, and stays authorized.");
        }
        // A total says nothing of what others under way make of it, so there is one at a time.
        if (amounts.kept().release() + amounts.kept().increase() > 0
                || total < least + amounts.kept().capture()) {
            return new Decision.Refused(
                    Problem.conflict(
                                    "amount_reserved",
                                    "Another operation of this payment is under way; it must be"
                                            + " decided first.")
                            .retryAfter(Refusals.RETRY));
        }
        if (total == amounts.authorized()) {
            return exceeds(
                    "adjustment_changes_nothing", "The payment is authorized for just that.");
        }
        return keep(amounts, OperationKind.ADJUST, Extent.adjustment(amounts.authorized(), total));
    }

    private static Decision keep(Amounts amounts, OperationKind kind, Extent extent) {
        return new Decision.Reserved(extent, amounts.reserve(kind, extent));
    }

    /** It can never be done. */
    private static Decision exceeds(String code, String detail) {
        return new Decision.Refused(Problem.conflict(code, detail).about("amount"));
    }

    private static Decision reserved(String what, long now) {
        return new Decision.Refused(
                Problem.conflict(
                                "amount_reserved",
                                "Another operation of this payment is under way; now "
                                        + now
                                        + " can be "
                                        + what
                                        + ", and more when it has failed.")
                        .retryAfter(Refusals.RETRY));
    }

    private static Problem forbidden(PaymentStatus status, OperationKind kind) {
        Set<OperationKind> allowed = allowed(status);
        return Problem.conflict(
                "payment_" + status.text(),
                "A payment that is "
                        + status.text()
                        + " takes no "
                        + kind.text()
                        + "; it takes "
                        + (allowed.isEmpty()
                                ? "nothing"
                                : allowed.stream()
                                        .map(OperationKind::text)
                                        .collect(Collectors.joining(", ")))
                        + ".");
    }
}
