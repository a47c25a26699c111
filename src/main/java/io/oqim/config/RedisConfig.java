package io.oqim.config;

import java.net.URI;
import java.time.Duration;

/** Redis: disposable, so its waits are short. */
public record RedisConfig(
        Secret url, Duration timeout, Duration connectTimeout, Duration rest, int maxQueued) {
    static RedisConfig read(Settings s) {
        String url =
                s.text(
                        "redis.url",
                        "redis://127.0.0.1:6379",
                        "Redis URL; a password in it is not shown");
        check(s, url);
        return new RedisConfig(
                new Secret(url),
                s.duration(
                        "redis.timeout",
                        Duration.ofMillis(100),
                        Span.millis(5, 5000),
                        "after which a call is given up and the local rule applies"),
                s.duration(
                        "redis.connect-timeout",
                        Duration.ofMillis(500),
                        Span.millis(10, 10_000),
                        "time to open the connection; no payment waits for it"),
                s.duration(
                        "redis.rest",
                        Duration.ofSeconds(1),
                        Span.millis(10, 60_000),
                        "pause before a connection that could not be opened is tried again"),
                s.integer(
                        "redis.max-queued",
                        20_000,
                        Bounds.of(100, 1_000_000),
                        "calls that may wait for their answer; more go on by the local rule"));
    }

    /** Checked without being shown: it may hold a password. */
    private static void check(Settings s, String url) {
        try {
            URI parsed = URI.create(url);
            if (parsed.getHost() != null
                    && ("redis".equals(parsed.getScheme())
                            || "rediss".equals(parsed.getScheme()))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // reported below, without the value
        }
        s.problem("redis.url", "must be a redis:// or rediss:// URL with a host");
    }
}
