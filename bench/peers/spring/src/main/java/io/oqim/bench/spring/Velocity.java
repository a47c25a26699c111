package io.oqim.bench.spring;

import java.time.Duration;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** Payments of a card in an hour. */
@Component
class Velocity {
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final long LIMIT = 1_000_000;

    private final StringRedisTemplate redis;

    Velocity(StringRedisTemplate redis) {
        this.redis = redis;
    }

    boolean allows(long tenant, String card) {
        String key = "velocity:" + tenant + ":" + card;
        long count = redis.opsForValue().increment(key);
        if (count == 1) {
            redis.expire(key, WINDOW);
        }
        return count <= LIMIT;
    }
}
