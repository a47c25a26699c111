package io.oqim.risk;

import io.oqim.config.RiskConfig;
import io.oqim.redis.Redis;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Counts the payments of one card in a window of time, each idempotency key once.
 *
 * <p>Counted in Redis, for all processes; when Redis does not answer, in this process alone: the
 * limit is cruder then, and payments go on.
 */
public final class Velocity {
    private final Redis redis;
    private final RiskConfig config;
    private final LocalCounts local;

    public Velocity(Redis redis, RiskConfig config) {
        this.redis = redis;
        this.config = config;
        this.local = new LocalCounts(config.velocityWindow(), config.localCards());
    }

    /** What was counted, and where. */
    public record Counted(boolean exceeded, long count, boolean locally) {}

    /**
     * Counts this payment.
     *
     * @param tenantLimit the tenant's own limit: 0 is none, empty means the configured one
     */
    public Counted count(
            long tenant, byte[] cardHash, String idempotencyKey, OptionalInt tenantLimit) {
        int limit = tenantLimit.orElse(config.velocityPerCard());
        if (limit == 0) {
            return new Counted(false, 0, false);
        }
        Duration window = config.velocityWindow();
        String card = "velocity:{" + tenant + "}:" + HexFormat.of().formatHex(cardHash, 0, 16);
        OptionalLong shared = redis.countDistinct(card, idempotencyKey, window);
        long count =
                shared.isPresent()
                        ? shared.getAsLong()
                        : local.countDistinct(card, idempotencyKey, limit);
        return new Counted(count > limit, count, shared.isEmpty());
    }
}
