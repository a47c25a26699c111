package io.oqim.redis;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.VerboseResult;
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
        private final int perSecond;
        private final BucketConfiguration rule;
        private final Bucket bucket;

        /** Tokens of which Redis does not know yet. */
        private final LongAdder untold = new LongAdder();

        private final AtomicBoolean comparing = new AtomicBoolean();
        private volatile long compareAt = System.nanoTime();

        Kept(int perSecond, BucketConfiguration rule) {
            this.perSecond = perSecond;
            this.rule = rule;
            this.bucket = Bucket.builder().addLimit(rule.getBandwidths()[0]).build();
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
     * @param perSecond how fast the bucket of this name fills
     */
    public Taken take(String name, int perSecond) {
        Kept kept = kept(name, perSecond);
        ConsumptionProbe probe = kept.bucket.tryConsumeAndReturnRemaining(1);
        if (probe.isConsumed()) {
            kept.untold.increment();
        }
        if (isToCompare(kept) && kept.comparing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("bucket-" + name).start(() -> compare(name, kept));
        }
        return new Taken(
                probe.isConsumed(),
                Math.max(0, probe.getRemainingTokens()),
                capacity(perSecond),
                Duration.ofNanos(probe.getNanosToWaitForReset()),
                Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    private boolean isToCompare(Kept kept) {
        long now = System.nanoTime();
        return now - kept.compareAt >= 0
                && now - restUntil >= 0
                && kept.untold.sum() >= Math.max(1, capacity(kept.perSecond) / WORTH_TELLING);
    }

    /** What was not told because Redis is away is not told later: that would be a debt of hours. */
    private void compare(String name, Kept kept) {
        long told = kept.untold.sumThenReset();
        try {
            OptionalLong there = there(name, kept, told);
            if (there.isPresent()) {
                level(kept, there.getAsLong() - kept.untold.sum());
            }
        } catch (RuntimeException e) {
            // Gone, too slow, or with something else under that name: no reason to refuse anybody.
            redis.missed();
            restUntil = System.nanoTime() + redis.rest().toNanos();
        } finally {
            kept.compareAt = System.nanoTime() + config.compareEvery().toNanos();
            kept.comparing.set(false);
        }
    }

    /** What is left in Redis' bucket, once it knows of these too; may be below zero. */
    private OptionalLong there(String name, Kept kept, long told) {
        var buckets = redis.buckets();
        if (buckets == null) {
            return OptionalLong.empty();
        }
        // Another limit is another bucket: the old one runs out by itself.
        Bucket shared =
                buckets.builder().build("rate:{" + name + "}:" + kept.perSecond, () -> kept.rule);
        VerboseResult<Long> state = shared.asVerbose().consumeIgnoringRateLimits(told);
        return OptionalLong.of(state.getState().getAvailableTokens());
    }

    private static void level(Kept kept, long wanted) {
        long tooMany = kept.bucket.getAvailableTokens() - wanted;
        if (tooMany > 0) {
            long ignored = kept.bucket.consumeIgnoringRateLimits(tooMany);
        } else if (tooMany < 0) {
            kept.bucket.addTokens(-tooMany);
        }
    }

    private Kept kept(String name, int perSecond) {
        Kept known = all.get(name);
        if (known != null && known.perSecond == perSecond) {
            return known;
        }
        makeRoom();
        Kept made = new Kept(perSecond, rule(perSecond));
        all.put(name, made);
        return made;
    }

    private BucketConfiguration rule(int perSecond) {
        return BucketConfiguration.builder()
                .addLimit(
                        limit ->
                                limit.capacity(capacity(perSecond))
                                        .refillGreedy(perSecond, Duration.ofSeconds(1)))
                .build();
    }

    private long capacity(int perSecond) {
        return perSecond * config.burst().toSeconds();
    }

    private void makeRoom() {
        Iterator<String> names = all.keySet().iterator();
        while (all.size() >= config.buckets() && names.hasNext()) {
            names.next();
            names.remove();
        }
    }
}
