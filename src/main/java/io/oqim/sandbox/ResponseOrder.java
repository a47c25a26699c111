package io.oqim.sandbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The caller's answer to a dispute.
 *
 * @param contest false to accept it
 * @param files the evidence that was sent before, as the caller knows it
 */
record ResponseOrder(String reference, boolean contest, String text, List<Evidence.Stated> files) {
    private static final String WINS = "winning_evidence";
    private static final String LOSES = "losing_evidence";

    DisputeStatus status() {
        return contest ? DisputeStatus.UNDER_REVIEW : DisputeStatus.ACCEPTED;
    }

    /** What the evidence makes the bank decide; null when it convinces neither way. */
    @Nullable DisputeStatus verdict() {
        if (contest && text.contains(WINS)) {
            return DisputeStatus.WON;
        }
        return contest && text.contains(LOSES) ? DisputeStatus.LOST : null;
    }
}
