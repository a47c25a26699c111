package io.oqim.payment;

import io.oqim.http.Problem;
import java.time.Duration;

/** The problems that a request for a payment may meet. Each says that it sent nothing to a bank. */
final class Refusals {
    static final Duration RETRY = Duration.ofSeconds(1);

    private Refusals() {}

    static Problem inUse() {
        return Problem.conflict(
                        "idempotency_key_in_use", "A request with this key is still at work.")
                .retryAfter(RETRY);
    }

    static Problem reused() {
        return Problem.refused(
                "idempotency_key_reused",
                "Idempotency-Key",
                "This key was used for another request; use a new key for a new one.");
    }

    static Problem keyCanceled() {
        return Problem.conflict(
                "idempotency_key_canceled",
                "This key was canceled before anything was done under it; use a new key.");
    }

    static Problem keyAnswered() {
        return Problem.conflict(
                "idempotency_key_answered",
                "What was asked for under this key has ended; cancel or refund its payment.");
    }

    static Problem insufficientBalance() {
        return Problem.conflict(
                        "insufficient_balance", "The available balance is less than this refund.")
                .about("amount");
    }

    /** The bank has taken it back for its customer, who must not get it twice. */
    static Problem disputed(long left) {
        return Problem.conflict(
                        "amount_disputed",
                        "The payment is disputed: now "
                                + left
                                + " can be refunded, and more only when a dispute is won.")
                .about("amount");
    }

    static Problem undoing() {
        return Problem.conflict(
                        "amount_reserved", "The payment is being undone at the bank already.")
                .retryAfter(RETRY);
    }

    static Problem cannotUndo() {
        return Problem.conflict(
                        "cancel_not_supported",
                        "The payment's bank cannot undo what it has not decided; cancel it when it"
                                + " has.")
                .retryAfter(RETRY);
    }

    static Problem inReview(Payment payment, OperationKind kind) {
        return Problem.conflict(
                payment.inReview() ? "payment_in_review" : "payment_rejected",
                "The payment "
                        + (payment.inReview() ? "is in review" : "was rejected in review")
                        + ", and takes no "
                        + kind.text()
                        + "; it takes void.");
    }

    static Problem notInReview() {
        return Problem.conflict("not_in_review", "No rule has put this payment into review.");
    }

    static Problem reviewed(Review decision) {
        return Problem.conflict(
                "review_decided", "The payment has been " + decision.text() + " already.");
    }

    /** Nothing is authorized yet, or any more. */
    static Problem nothingToReview(PaymentStatus status) {
        return Problem.conflict(
                "payment_" + status.text(),
                "A payment that is "
                        + status.text()
                        + " is not decided; one that is authorized is.");
    }

    static Problem overloaded() {
        return overloaded(RETRY);
    }

    static Problem overloaded(Duration retryAfter) {
        return Problem.busy(
                "overloaded", "Too many requests are at work. " + SENT_NOTHING, retryAfter);
    }

    static Problem noBank(String mode) {
        return Problem.of(
                422, "no_bank_configured", "No bank is configured for " + mode + " payments.");
    }

    static Problem bankUnavailable() {
        return bankUnavailable(RETRY);
    }

    static Problem bankUnavailable(Duration retryAfter) {
        return Problem.busy(
                "bank_unavailable", "No bank can be reached now. " + SENT_NOTHING, retryAfter);
    }

    static Problem unavailable(String what) {
        return Problem.busy(
                "temporarily_unavailable", "Not available: " + what + ". " + SENT_NOTHING, RETRY);
    }

    static Problem unsaid() {
        return Problem.busy(
                "temporarily_unavailable",
                "It cannot be said yet what came of it; ask again.",
                RETRY);
    }

    static Problem deadline() {
        return Problem.busy(
                "deadline_exceeded", "It could not be started in time. " + SENT_NOTHING, RETRY);
    }

    private static final String SENT_NOTHING =
            "This request sent nothing to a bank; try again with the same key.";
}
