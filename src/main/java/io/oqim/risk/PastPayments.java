package io.oqim.risk;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Reads payments that were, for a room that does not know payments. */
@FunctionalInterface
public interface PastPayments {
    /**
     * One of them.
     *
     * @param captured what was taken of it, in minor units
     */
    record Past(UUID id, Instant created, Facts facts, long captured) {}

    /**
     * A page, in the order of making. Blocks on the database.
     *
     * @param after the last one of the page before
     */
    List<Past> page(long tenant, UUID after, int limit);
}
