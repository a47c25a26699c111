package io.oqim.redis;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.DelayParameters;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.oqim.config.LimitsConfig;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets that all processes empty together, by Redis; while it does not answer, each process
 * by itself.
 *
 * <p>A process takes tokens from what it knows of a bucket, and compares with the others every
 * {@code limits.compare-every}: so most requests ask nobody. Blocks for {@code redis.timeout} at
 * most, and does not ask again for {@code redis.rest} after Redis did not answer.
 */
public final class Buckets {
    private final Redis redis;
    private final LimitsConfig config;
    private final Map<String, Pair> pairs = new ConcurrentHashMap<>();
    private volatile long restUntil = System.nanoTime();

    /**
     * The same bucket in Redis and here.
     *
     * @param shared null as long as Redis never was there
     */
    private record Pair(int perSecond, @Nullable Bucket shared, Bucket local) {}

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
     * Takes a token.
     *
     * @param perSecond how fast the bucket of this name fills
     */
    public Taken take(String name, int perSecond) {
        Pair pair = pair(name, perSecond);
        return taken(pair, shared(pair).orElseGet(() -> ask(pair.local())));
    }

    private Optional<ConsumptionProbe> shared(Pair pair) {
        Bucket bucket = pair.shared();
        if (bucket == null || restUntil - System.nanoTime() > 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(ask(bucket));
        } catch (RuntimeException e) {
            // Gone, too slow, or with something else under that name: no reason to refuse anybody.
            redis.missed();
            restUntil = System.nanoTime() + redis.rest().toNanos();
            return Optional.empty();
        }
    }

    private static ConsumptionProbe ask(Bucket bucket) {
        return bucket.tryConsumeAndReturnRemaining(1);
    }

    private Taken taken(Pair pair, ConsumptionProbe probe) {
        return new Taken(
                probe.isConsumed(),
                probe.getRemainingTokens(),
                capacity(pair.perSecond()),
                Duration.ofNanos(probe.getNanosToWaitForReset()),
                Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    private Pair pair(String name, int perSecond) {
        ProxyManager<String> now = redis.buckets();
        Pair known = pairs.get(name);
        if (known != null
                && known.perSecond() == perSecond
                && (known.shared() != null || now == null)) {
            return known;
        }
        makeRoom();
        Pair made = made(name, perSecond, now);
        pairs.put(name, made);
        return made;
    }

    private Pair made(String name, int perSecond, @Nullable ProxyManager<String> redisNow) {
        BucketConfiguration rule =
                BucketConfiguration.builder()
                        .addLimit(
                                limit ->
                                        limit.capacity(capacity(perSecond))
                                                .refillGreedy(perSecond, Duration.ofSeconds(1)))
                        .build();
        Bucket local = Bucket.builder().addLimit(rule.getBandwidths()[0]).build();
        if (redisNow == null) {
            return new Pair(perSecond, null, local);
        }
        Bucket shared =
                redisNow.builder()
                        .withOptimization(
                                Optimizations.delaying(
                                        new DelayParameters(
                                                unseen(perSecond), config.compareEvery())))
                        // Another limit is another bucket: the old one runs out by itself.
                        .build("rate:{" + name + "}:" + perSecond, () -> rule);
        return new Pair(perSecond, shared, local);
    }

    private long capacity(int perSecond) {
        return perSecond * config.burst().toSeconds();
    }

    /** What a process may take before it has to compare. */
    private long unseen(int perSecond) {
        return Math.max(1, perSecond * config.compareEvery().toMillis() / 1_000);
    }

    private void makeRoom() {
        Iterator<String> names = pairs.keySet().iterator();
        while (pairs.size() >= config.buckets() && names.hasNext()) {
            names.next();
            names.remove();
        }
    }
}
