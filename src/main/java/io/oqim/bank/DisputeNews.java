package io.oqim.bank;

import io.oqim.money.Money;
import java.time.Instant;

/**
 * A dispute as it stood at its bank after one of its changes.
 *
 * @param seq which of the bank's changes; they are numbered without gaps
 * @param dispute the bank's name for it
 * @param reference ours, of the sale or capture whose money the bank's customer wants back
 * @param reason a word
 * @param respondBy until when the bank takes an answer
 */
public record DisputeNews(
        long seq,
        String dispute,
        String reference,
        Standing standing,
        Money amount,
        String reason,
        Instant respondBy) {

    /** How it stands. */
    public enum Standing {
        /** Raised: the bank has taken the money back, and waits for an answer. */
        NEEDS_RESPONSE,
        /** Answered: the bank is looking at the evidence. */
        UNDER_REVIEW,
        /** Decided for the merchant: the bank has given the money back. */
        WON,
        /** Decided for the customer. */
        LOST,
        /** The merchant has given in. */
        ACCEPTED;

        /** Whether the bank has the money. */
        public boolean taken() {
            return this != WON;
        }
    }
}
