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

    static Problem overloaded() {
        return Problem.busy("overloaded", "Too many requests are at work. " + SENT_NOTHING, RETRY);
    }

    static Problem noBank(String mode) {
        return Problem.of(
                422, "no_bank_configured", "No bank is configured for " + mode + " payments.");
    }

    static Problem bankUnavailable() {
        return Problem.busy(
                "bank_unavailable", "No bank can be reached now. " + SENT_NOTHING, RETRY);
    }

    static Problem unavailable(String what) {
        return Problem.busy(
                "temporarily_unavailable", "Not available: " + what + ". " + SENT_NOTHING, RETRY);
    }

    static Problem deadline() {
        return Problem.busy(
                "deadline_exceeded", "It could not be started in time. " + SENT_NOTHING, RETRY);
    }

    private static final String SENT_NOTHING =
            "This request sent nothing to a bank; try again with the same key.";
}
