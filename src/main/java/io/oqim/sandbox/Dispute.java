package io.oqim.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dispute as it stands.
 *
 * @param response what the caller said to it, or null while nothing was said
 */
record Dispute(Chargeback chargeback, DisputeStatus status, @Nullable DisputeResponse response) {
    String id() {
        return chargeback.dispute();
    }

    Dispute with(DisputeStatus next) {
        return new Dispute(chargeback, next, response);
    }

    Dispute answered(DisputeStatus next, DisputeResponse given) {
        return new Dispute(chargeback, next, given);
    }

    boolean isAnsweredBy(String reference) {
        return response != null && response.reference().equals(reference);
    }

    /** Whether an answer counts; the decision on one that came too late may not be written yet. */
    boolean takesAnswersAt(Instant now) {
        return status == DisputeStatus.NEEDS_RESPONSE && now.isBefore(chargeback.respondBy());
    }

    /** What the money is worth that the dispute keeps from the merchant. */
    long keeps() {
        return status == DisputeStatus.WON ? 0 : chargeback.amount().minorUnits();
    }
}
