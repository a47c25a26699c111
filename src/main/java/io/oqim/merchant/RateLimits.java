package io.oqim.merchant;

import io.oqim.config.LimitsConfig;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.observe.Scope;
import io.oqim.redis.Buckets;
import java.time.Duration;

/**
 * How many requests a second a tenant may make, in all processes together. Each answer says what is
 * left, by {@code RateLimit} and {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers).
 */
public final class RateLimits {
    /** The only policy there is, by the name that answers have for it. */
    private static final String POLICY = "\"tenant\"";

    private final Buckets buckets;
    private final LimitsConfig config;

    public RateLimits(Buckets buckets, LimitsConfig config) {
        this.buckets = buckets;
        this.config = config;
    }

    /**
     * Counts a request of this tenant. Never blocks.
     *
     * @throws Refusal 429 {@code rate_limited}
     */
    void count(Tenant tenant) {
        int perSecond = tenant.policy().rateLimit().orElse(config.requestsPerSecond());
        if (perSecond == 0) {
            return;
        }
        Buckets.Taken taken = buckets.take(Long.toString(tenant.id()), perSecond);
        Scope scope = Scope.current();
        scope.say(
                "RateLimit-Policy",
                POLICY + ";q=" + taken.capacity() + ";w=" + seconds(config.burst()));
        scope.say("RateLimit", POLICY + ";r=" + taken.left() + ";t=" + seconds(taken.full()));
        if (!taken.granted()) {
            throw new Refusal(
                    Problem.of(
                                    429,
                                    "rate_limited",
                                    "This merchant may make " + perSecond + " requests a second.")
                            .retryAfter(taken.next()));
        }
    }

    private static long seconds(Duration time) {
        return (time.toMillis() + 999) / 1_000;
    }
}
