package io.oqim.vault;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A card that is kept, without its number.
 *
 * @param pending it was saved with a payment that the bank has not approved yet
 * @param customer the merchant's own name for whose card it is
 * @param payment with which it was saved
 */
record Token(
        UUID id,
        boolean pending,
        Card card,
        Optional<String> customer,
        Optional<UUID> payment,
        Instant created) {}
