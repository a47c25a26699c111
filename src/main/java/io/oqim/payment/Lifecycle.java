package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.money.Money;
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
        record Reserved(Money amount, Amounts amounts) implements Decision {}

        /** It may not. */
        record Refused(Problem problem) implements Decision {}
    }

    /** The operations that a status allows, if the amounts do too. */
    static Set<OperationKind> allowed(PaymentStatus status) {
        return switch (status) {
            case AUTHORIZED -> EnumSet.of(OperationKind.CAPTURE, OperationKind.VOID);
            case PARTIALLY_CAPTURED ->
                    EnumSet.of(OperationKind.CAPTURE, OperationKind.VOID, OperationKind.REFUND);
            case CAPTURED -> EnumSet.of(OperationKind.REFUND);
            case REQUIRES_ACTION, PROCESSING, IN_DOUBT, DECLINED, FAILED, CANCELED, EXPIRED ->
                    EnumSet.noneOf(OperationKind.class);
        };
    }

    static Decision decide(Payment payment, Modification asked) {
        if (!allowed(payment.status()).contains(asked.kind())) {
            return new Decision.Refused(forbidden(payment.status(), asked.kind()));
        }
        return switch (asked) {
            case Modification.Capture capture -> capture(payment, capture.amount());
            case Modification.Cancel cancel -> cancel(payment);
            case Modification.Refund refund -> refund(payment, refund.amount());
        };
    }

    private static Decision capture(Payment payment, OptionalLong wanted) {
        Amounts amounts = payment.amounts();
        long ever = amounts.authorized() - amounts.captured() - amounts.voided();
        long amount = wanted.orElse(amounts.capturable());
        if (amount > ever || ever == 0) {
            return new Decision.Refused(
                    Problem.conflict(
                                    "capture_exceeds_authorized",
                                    "At most " + ever + " of this payment can still be captured.")
                            .about("amount"));
        }
        if (amount > amounts.capturable() || amount == 0) {
            return reserved("captured", amounts.capturable());
        }
        return new Decision.Reserved(
                new Money(amount, payment.amount().currency()),
                amounts.reserve(OperationKind.CAPTURE, amount));
    }

    private static Decision cancel(Payment payment) {
        Amounts amounts = payment.amounts();
        long amount = amounts.capturable();
        // The bank releases all that it has not captured: a capture under way must be decided
        // first.
        if (amounts.pendingCapture() > 0 || amount == 0) {
            return reserved("canceled", 0);
        }
        return new Decision.Reserved(
                new Money(amount, payment.amount().currency()),
                amounts.reserve(OperationKind.VOID, amount));
    }

    private static Decision refund(Payment payment, OptionalLong wanted) {
        Amounts amounts = payment.amounts();
        long ever = amounts.captured() - amounts.refunded();
        long amount = wanted.orElse(amounts.refundable());
        if (amount > ever || ever == 0) {
            return new Decision.Refused(
                    Problem.conflict(
                                    "refund_exceeds_captured",
                                    "At most " + ever + " of this payment can still be refunded.")
                            .about("amount"));
        }
        if (amount > amounts.refundable() || amount == 0) {
            return reserved("refunded", amounts.refundable());
        }
        return new Decision.Reserved(
                new Money(amount, payment.amount().currency()),
                amounts.reserve(OperationKind.REFUND, amount));
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
