package io.oqim.risk;

import io.oqim.crypto.Hashes;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Counts past payments as they would have been counted then: in the twelve last slices of a window.
 * Bounded: what was not counted for longest is forgotten first, however many payments there are.
 */
final class PastCounts {
    private static final int SLICES = 12;

    private final Hashes hashes;
    private final long sliceMillis;
    private final int atMost;
    private final Map<String, Slices> counts = new LinkedHashMap<>(16, 0.75f, true);

    /** The last slices, each at its number modulo twelve. */
    private static final class Slices {
        private final long[] numbers = new long[SLICES];
        private final long[] sums = new long[SLICES];

        long add(long current) {
            int at = (int) (current % SLICES);
            if (numbers[at] != current) {
                numbers[at] = current;
                sums[at] = 0;
            }
            sums[at]++;
            long sum = 0;
            for (int i = 0; i < SLICES; i++) {
                sum += numbers[i] > current - SLICES ? sums[i] : 0;
            }
            return sum;
        }
    }

    /**
     * @param atMost cards, customers and so on that are remembered
     */
    PastCounts(Hashes hashes, Duration window, int atMost) {
        this.hashes = hashes;
        this.sliceMillis = Math.ceilDiv(window.toMillis(), SLICES);
        this.atMost = atMost;
    }

    /** The counts with this payment, by what is to be counted. */
    Map<Dimension, Long> count(Facts facts, Instant at, Set<Dimension> wanted) {
        long current = at.toEpochMilli() / sliceMillis;
        Map<Dimension, Long> all = new EnumMap<>(Dimension.class);
        for (Dimension dimension : wanted) {
            dimension
                    .value(facts, hashes)
                    .ifPresent(
                            value ->
                                    all.put(
                                            dimension,
                                            slices(dimension.text() + ":" + value).add(current)));
        }
        return all;
    }

    private Slices slices(String key) {
        Slices known = counts.get(key);
        if (known != null) {
            return known;
        }
        if (counts.size() >= atMost) {
            var oldest = counts.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        Slices fresh = new Slices();
        counts.put(key, fresh);
        return fresh;
    }
}
