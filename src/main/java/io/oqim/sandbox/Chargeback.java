package io.oqim.sandbox;

import java.time.Instant;

/**
 * What never changes of a dispute: whose money was taken back, and why.
 *
 * @param dispute the bank's own number of it
 * @param payment the bank's reference of the payment
 * @param reference the caller's, of the sale or capture that is disputed
 * @param respondBy an answer after that changes nothing any more
 */
record Chargeback(
        String dispute,
        String payment,
        String reference,
        Amount amount,
        String reason,
        Instant respondBy) {}
