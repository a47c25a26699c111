package io.oqim.redis;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.oqim.config.LimitsConfig;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Token buckets that all processes empty together, by Redis; while it does not answer, each process
 * by itself.
 *
 * <p>A process takes tokens from a bucket of its own, without asking anybody. When it has taken a
 * hundredth of it, and not more often than every {@code limits.compare-every}, it tells Redis so,
 * on the side, and makes it as full as the one there. So nobody waits for Redis, tenants with few
 * requests cost it nothing, and what processes let through at the same moment is more than the
 * limit by no more than each had left.
 */
public final class Buckets {
    /** Such a part of a bucket. */
    private static final int WORTH_TELLING = 100;

    private final Redis redis;
    private final LimitsConfig config;
    private final Map<String, Kept> all = new ConcurrentHashMap<>();
    private volatile long restUntil = System.nanoTime();

    /** A bucket of this process. */
    private static final class Kept {
        private final String key;
        private final int perSecond;
        private final long capacity;
        private final Bucket bucket;

        /** Tokens of which Redis does not know yet. */
        private final LongAdder untold = new LongAdder();

        private final AtomicBoolean comparing = new AtomicBoolean();
        private volatile long compareAt = System.nanoTime();

        Kept(String key, int perSecond, long capacity) {
            this.key = key;
            this.perSecond = perSecond;
            this.capacity = capacity;
            this.bucket =
                    Bucket.builder()
                            .addLimit(
                                    limit ->
                                            limit.capacity(capacity)
                                                    .refillGreedy(perSecond, Duration.ofSeconds(1)))
                            .build();
        }
    }

    /**
     * What became of asking for a token.
     *
     * @param left tokens after it
     * @param capacity when it is full
     * @param full until then, if nobody takes any
     * @param next until there is one again; zero when one was taken
     */
    public record Taken(boolean granted, long left, long capacity, Duration full, Duration next) {}

    public Buckets(Redis redis, LimitsConfig config) {
        this.redis = redis;
        this.config = config;
    }

    /**
     * Takes a token. Never blocks.
     *
     * @param perSecond how fast the bucket of this name fills; another one is another bucket
     */
    public Taken take(String name, int perSecond) {
        Kept kept = kept("rate:{" + name + "}:" + perSecond, perSecond);
        ConsumptionProbe probe = kept.bucket.tryConsumeAndReturnRemaining(1);
        if (probe.isConsumed()) {
            kept.untold.increment();
        }
        if (isToCompare(kept) && kept.comparing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("bucket-" + name).start(() -> compare(kept));
        }
        return new Taken(
                probe.isConsumed(),
                Math.max(0, probe.getRemainingTokens()),
                kept.capacity,
                Duration.ofNanos(probe.getNanosToWaitForReset()),
                Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    private boolean isToCompare(Kept kept) {
        long now = System.nanoTime();
        if (now - restUntil < 0) {
            // Told later, it would be a debt as long as Redis was away.
            kept.untold.reset();
            return false;
        }
        return now - kept.compareAt >= 0
                && kept.untold.sum() >= Math.max(1, kept.capacity / WORTH_TELLING);
    }

    private void compare(Kept kept) {
        try {
            long told = Math.min(kept.untold.sumThenReset(), kept.capacity);
            OptionalLong there = redis.take(kept.key, told, kept.perSecond, kept.capacity);
            if (there.isPresent()) {
                level(kept, there.getAsLong() - kept.untold.sum());
            } else {
                restUntil = System.nanoTime() + redis.rest().toNanos();
            }
        } finally {
            kept.compareAt = System.nanoTime() + config.compareEvery().toNanos();
            kept.comparing.set(false);
        }
    }

    private static void level(Kept kept, long wanted) {
        long tooMany = kept.bucket.getAvailableTokens() - wanted;
        if (tooMany > 0) {
            long ignored = kept.bucket.consumeIgnoringRateLimits(tooMany);
        } else if (tooMany < 0) {
            kept.bucket.addTokens(-tooMany);
        }
    }

    private Kept kept(String key, int perSecond) {
        Kept known = all.get(key);
        if (known != null) {
            return known;
        }
        makeRoom();
        long capacity = Math.max(1, perSecond * config.burst().toMillis() / 1_000);
        return all.computeIfAbsent(key, missing -> new Kept(missing, perSecond, capacity));
    }

    private void makeRoom() {
        Iterator<String> keys = all.keySet().iterator();
        while (all.size() >= config.buckets() && keys.hasNext()) {
            keys.next();
            keys.remove();
        }
    }
}
