package io.oqim.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many of something each tenant has at the moment, and may have. */
final class TenantPlaces {
    private final int most;
    private final Map<Long, Integer> counts = new ConcurrentHashMap<>();

    TenantPlaces(int most) {
        this.most = most;
    }

    /** Counts one more, unless that is too many; {@link #leave} counts it off. */
    boolean enter(long tenant) {
        if (counts.merge(tenant, 1, Integer::sum) <= most) {
            return true;
        }
        leave(tenant);
        return false;
    }

    void leave(long tenant) {
        counts.computeIfPresent(tenant, (id, now) -> now == 1 ? null : now - 1);
    }
}
