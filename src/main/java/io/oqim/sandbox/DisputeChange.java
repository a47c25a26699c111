package io.oqim.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * A change of a dispute. A dispute gets to each status once at most, so the status tells what the
 * change did to the money.
 *
 * @param dispute as it stands after it
 * @param fault that struck the call, or null
 */
record DisputeChange(Dispute dispute, @Nullable String fault) implements Entry {
    static final String CHARGEBACK = "chargeback";
    static final String REVERSAL = "chargeback_reversal";

    /** As the journal names it. */
    String operation() {
        return dispute.status() == DisputeStatus.WON ? REVERSAL : CHARGEBACK;
    }

    Effect effect() {
        return switch (dispute.status()) {
            case NEEDS_RESPONSE -> Effect.CREDIT;
            case WON -> Effect.DEBIT;
            case UNDER_REVIEW, LOST, ACCEPTED -> Effect.NONE;
        };
    }

    /** How much more this change keeps from the merchant; negative when it gives back. */
    long taken() {
        long amount = dispute.chargeback().amount().minorUnits();
        return switch (dispute.status()) {
            case NEEDS_RESPONSE -> amount;
            case WON -> -amount;
            case UNDER_REVIEW, LOST, ACCEPTED -> 0;
        };
    }
}
