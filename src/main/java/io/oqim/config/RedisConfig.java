package io.oqim.config;

import java.time.Duration;

/** Redis: disposable, so its waits are short. */
public record RedisConfig(Secret url, Duration timeout) {
    static RedisConfig read(Settings s) {
        String url =
                s.text(
                        "redis.url",
                        "redis://127.0.0.1:6379",
                        "Redis URL; a password in it is not shown");
        return new RedisConfig(
                new Secret(url),
                s.duration(
                        "redis.timeout",
                        Duration.ofMillis(100),
                        Span.millis(5, 5000),
                        "after which a call is given up and the local rule applies"));
    }
}
