package io.oqim.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.Base16;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.concurrent.Alarm;
import io.oqim.concurrent.Loop;
import io.oqim.config.RedisConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shared connection to Redis (a server, the one that Sentinels name, or a cluster), which comes
 * back by itself.
 *
 * <p>Calls block for {@code redis.timeout} at most, and once more for a Redis that was started
 * anew; they never throw: an empty result says that Redis did not answer, and the caller goes on by
 * its local rule. While it is known to be gone, calls fail at once.
 */
public final class Redis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);

    private static final Duration FOREVER = Duration.ofDays(365);

    /**
     * Counts under some keys, unless the first key is there or one of them has as many as it may,
     * and tells the counts, as if it had. Each is a hash of the twelve last slices of the window,
     * by the clock of Redis.
     */
    private static final Script COUNT_SLIDING =
            new Script(
                    """
                    local window = tonumber(ARGV[1])
                    local slice = math.ceil(window / 12)
                    local time = redis.call('TIME')
                    local current = math.floor((time[1] * 1000 + math.floor(time[2] / 1000)) / slice)
                    local counts, room = {}, true
                    for i = 2, #KEYS do
                        local slices, sum = redis.call('HGETALL', KEYS[i]), 0
                        for j = 1, #slices, 2 do
                            if tonumber(slices[j]) > current - 12 then
                                sum = sum + tonumber(slices[j + 1])
                            else
                                redis.call('HDEL', KEYS[i], slices[j])
                            end
                        end
                        counts[i - 1] = sum
                        room = room and sum < tonumber(ARGV[i])
                    end
                    if redis.call('EXISTS', KEYS[1]) == 1 then return counts end
                    if room then redis.call('SET', KEYS[1], '', 'PX', window) end
                    for i = 2, #KEYS do
                        counts[i - 1] = counts[i - 1] + 1
                        if room then
                            redis.call('HINCRBY', KEYS[i], current, 1)
                            redis.call('PEXPIRE', KEYS[i], window + slice)
                        end
                    end
                    return counts""");

    /**
     * Takes tokens from a bucket, also more than it has, and tells what is left. By the clock of
     * Redis, so that those of processes need not agree. It is full again when its key expires.
     */
    private static final Script TAKE =
            new Script(
                    """
                    local rate, capacity = tonumber(ARGV[2]), tonumber(ARGV[3])
                    local time = redis.call('TIME')
                    local now = time[1] * 1000 + math.floor(time[2] / 1000)
                    local bucket = redis.call('HMGET', KEYS[1], 'left', 'at')
                    local left, at = tonumber(bucket[1]) or capacity, tonumber(bucket[2]) or now
                    left = math.min(capacity, left + math.max(0, now - at) * rate / 1000) - ARGV[1]
                    redis.call('HSET', KEYS[1], 'left', left, 'at', now)
                    redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - left) * 1000 / rate) + 1000)
                    return math.floor(left)""");

    /** A script, and the name by which Redis knows it once it has run. */
    private record Script(String text, String sha) {
        Script(String text) {
            this(text, Base16.digest(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private final Servers servers;
    private final Duration timeout;
    private final Duration rest;
    private final Duration connectTimeout;
    private final CountDownLatch triedOnce = new CountDownLatch(1);
    private final Counter failures;
    private volatile Servers.@Nullable Link link;
    private volatile @Nullable StatefulRedisPubSubConnection<String, String> subscription;
    private volatile boolean missed;
    private final Loop connector;
    private final Map<String, Consumer<String>> listeners = new ConcurrentHashMap<>();
    private @Nullable Loop subscriber;

    public Redis(RedisConfig config, MeterRegistry registry) {
        this.timeout = config.timeout();
        this.rest = config.rest();
        this.connectTimeout = config.connectTimeout();
        this.connector = new Loop("redis-connect", () -> connect() ? FOREVER : rest);
        this.failures =
                Counter.builder("oqim.redis.failures")
                        .description("calls that Redis did not answer")
                        .register(registry);
        this.servers = Servers.of(config);
    }

    /**
     * Connects in the background until it succeeded; from then on the client reconnects by itself.
     * Waits for the first try, but not longer than twice {@code redis.connect-timeout}.
     */
    public void start() {
        connector.start();
        try {
            boolean ignored = triedOnce.await(2 * connectTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * What is counted under.
     *
     * @param most from when on nothing more is counted, under this key and those beside it
     */
    public record Limited(String key, int most) {}

    /**
     * Counts once under each of some keys, unless one of them has as many as it may, and tells the
     * counts, with this one, in a window that slides: in twelve steps, so what is as old as the
     * window counts for up to a twelfth less.
     *
     * @param once what counts only once in the window: the second time, nothing is added
     * @param keys of the same server of a cluster as {@code once}
     * @return empty when Redis did not answer
     */
    public Optional<List<Long>> countSliding(String once, List<Limited> keys, Duration window) {
        List<String> all = new ArrayList<>(List.of(once));
        List<String> arguments = new ArrayList<>(List.of(Long.toString(window.toMillis())));
        for (Limited one : keys) {
            all.add(one.key());
            arguments.add(Integer.toString(one.most()));
        }
        return ask(
                COUNT_SLIDING,
                ScriptOutputType.MULTI,
                all.toArray(String[]::new),
                arguments.toArray(String[]::new));
    }

    /**
     * Takes tokens from a bucket, also more than it has.
     *
     * @param perSecond how fast it fills
     * @param capacity when it is full
     * @return what is left, which may be below zero; empty when Redis did not answer
     */
    OptionalLong take(String key, long tokens, int perSecond, long capacity) {
        Optional<Long> left =
                ask(
                        TAKE,
                        ScriptOutputType.INTEGER,
                        new String[] {key},
                        Long.toString(tokens),
                        Integer.toString(perSecond),
                        Long.toString(capacity));
        return left.isPresent() ? OptionalLong.of(left.get()) : OptionalLong.empty();
    }

    private <T> Optional<T> ask(
            Script script, ScriptOutputType type, String[] keys, String... arguments) {
        Servers.Link open = link;
        if (open == null) {
            return Optional.empty();
        }
        try {
            try {
                return answer(open.ask().evalsha(script.sha(), type, keys, arguments));
            } catch (RedisNoScriptException e) {
                // A Redis that was started again has forgotten it, and learns it from this.
                return answer(open.ask().eval(script.text(), type, keys, arguments));
            }
        } catch (RedisException e) {
            failures.increment();
            return Optional.empty();
        }
    }

    private <T> Optional<T> answer(RedisFuture<T> asked) {
        Alarm alarm =
                Alarm.in(
                        timeout,
                        () -> {
                            boolean ignored = asked.cancel(true);
                        });
        try {
            return Optional.ofNullable(asked.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | CancellationException e) {
            if (e.getCause() instanceof RedisNoScriptException unknown) {
                throw unknown;
            }
            failures.increment();
            return Optional.empty();
        } finally {
            alarm.off();
        }
    }

    /** Tells other processes something, if it can; never blocks for an answer. */
    public void publish(String channel, String message) {
        try {
            // Of a cluster, any server passes it on, while its client asks the one that would have
            // a key of this name, which may be gone: so it is told where this process listens.
            StatefulRedisPubSubConnection<String, String> ear = subscription;
            Servers.Link open = link;
            if (ear != null && ear.isOpen()) {
                var ignored = ear.async().publish(channel, message);
            } else if (open != null && open.connection().isOpen()) {
                var ignored = open.ask().publish(channel, message);
            }
        } catch (RedisException e) {
            failures.increment();
        }
    }

    /** How long it is not asked after it did not answer. */
    Duration rest() {
        return rest;
    }

    /** Whether Redis is connected now; for the metric and the log, never for a decision. */
    public boolean connected() {
        Servers.Link open = link;
        return open != null && open.connection().isOpen();
    }

    /**
     * Says who hears what other processes tell on a channel, from {@link #listen} on and across
     * reconnects. Runs on an event loop: the listener must not block.
     */
    public void subscribe(String channel, Consumer<String> listener) {
        listeners.put(channel, listener);
    }

    /** Begins to hear the channels that were subscribed, all at once. */
    public void listen() {
        subscriber = new Loop("redis-subscribe", () -> subscribed() ? FOREVER : rest);
        subscriber.start();
    }

    /** Whether the subscription stands; once it does, the client renews it by itself. */
    private boolean subscribed() {
        if (subscription != null) {
            return true;
        }
        if (link == null) {
            return false;
        }
        StatefulRedisPubSubConnection<String, String> pubSub = null;
        try {
            pubSub = servers.listen();
            pubSub.addListener(
                    new RedisPubSubAdapter<>() {
                        @Override
                        public void message(String from, String message) {
                            Consumer<String> listener = listeners.get(from);
                            if (listener != null) {
                                listener.accept(message);
                            }
                        }
                    });
            pubSub.sync().subscribe(listeners.keySet().toArray(String[]::new));
            subscription = pubSub;
            return true;
        } catch (RuntimeException e) {
            failures.increment();
            if (pubSub != null) {
                // Its answer may still come: two that listen would hear all twice.
                var ignored = pubSub.closeAsync();
            }
            return false;
        }
    }

    private boolean connect() {
        try {
            link = servers.connect();
            LOG.info("Redis is connected");
            return true;
        } catch (RedisException e) {
            failures.increment();
            if (!missed) {
                missed = true;
                LOG.warn("Redis cannot be reached, local rules apply: {}", e.getMessage());
            }
            return false;
        } finally {
            triedOnce.countDown();
        }
    }

    @Override
    public void close() {
        connector.close();
        if (subscriber != null) {
            subscriber.close();
        }
        StatefulRedisPubSubConnection<String, String> pubSub = subscription;
        if (pubSub != null) {
            pubSub.close();
        }
        servers.close();
    }
}
