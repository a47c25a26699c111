package io.oqim.risk;

import java.util.Optional;
import java.util.UUID;

/** Knows with what was paid, for a room that does not know payments. */
@FunctionalInterface
public interface Instruments {
    /**
     * With what one payment was.
     *
     * @param hash keyed
     * @param shown what may be shown of it
     */
    record Known(byte[] hash, String shown) {}

    /** With what it was paid; empty when the tenant has no such payment. Blocks on the database. */
    Optional<Known> of(long tenant, UUID payment);
}
