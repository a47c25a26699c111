package io.oqim.sandbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A cardholder's wish to have money back.
 *
 * @param reference the caller's, of a sale or capture
 * @param amount in minor units, or null for all that is left
 * @param respondWithin how long the caller may take to answer
 */
record DisputeOrder(
        String reference, @Nullable Long amount, String reason, Duration respondWithin) {
    static final String FRAUDULENT = "fraudulent";
    static final Duration STANDARD_TIME = Duration.ofDays(7);

    /** What a cardholder says who knows nothing of the whole debit. */
    static DisputeOrder fraudulent(String reference) {
        return new DisputeOrder(reference, null, FRAUDULENT, STANDARD_TIME);
    }
}
