package io.oqim.risk;

import io.oqim.config.RiskConfig;
import io.oqim.crypto.Hashes;
import io.oqim.redis.Redis;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Counts payments in a window that slides: of one card, one customer, one IP address, one BIN, one
 * tenant. Each idempotency key counts once in a window; what a limit refuses does not count.
 *
 * <p>Counted in Redis, for all processes, in one question; when Redis does not answer, in this
 * process alone: the limits are cruder then, and payments go on.
 */
public final class Velocity {
    private final Redis redis;
    private final RiskConfig config;
    private final Hashes hashes;
    private final LocalCounts local;

    public Velocity(Redis redis, RiskConfig config, Hashes hashes) {
        this.hashes = hashes;
        this.redis = redis;
        this.config = config;
        this.local = new LocalCounts(config.velocityWindow(), config.localCounts());
    }

    /**
     * What was counted, and where.
     *
     * @param exceeded the first limit that was
     */
    public record Counted(
            Map<Dimension, Long> counts, Optional<Dimension> exceeded, boolean locally) {
        /** For the trace. */
        public String note() {
            return (locally ? "counted locally: " : "counted: ")
                    + counts.entrySet().stream()
                            .map(count -> count.getKey().text() + " " + count.getValue())
                            .collect(Collectors.joining(", "));
        }
    }

    /**
     * One that is counted.
     *
     * @param limit the greatest number there is for one without
     */
    private record Limited(Dimension dimension, String key, int limit) {}

    /**
     * Counts this payment.
     *
     * @param ofCard the tenant's own limit of one card: 0 is none, empty means the configured one
     * @param also counted for rules, whether there is a limit or not
     * @return empty when there is nothing to count
     */
    public Optional<Counted> count(
            Facts facts, String idempotencyKey, OptionalInt ofCard, Set<Dimension> also) {
        // All keys of a tenant are on one server of a cluster.
        // Slices of another window mean something else.
        String front =
                "velocity:{" + facts.tenant() + "}:" + config.velocityWindow().toMillis() + ":";
        List<Limited> limited = new ArrayList<>();
        for (Dimension dimension : Dimension.values()) {
            int limit = dimension.limit(config, ofCard);
            if (limit > 0 || also.contains(dimension)) {
                int most = limit > 0 ? limit : Integer.MAX_VALUE;
                dimension
                        .value(facts, hashes)
                        .map(value -> front + dimension.text() + ":" + value)
                        .ifPresent(key -> limited.add(new Limited(dimension, key, most)));
            }
        }
        if (limited.isEmpty()) {
            return Optional.empty();
        }
        Optional<List<Long>> shared =
                redis.countSliding(
                        front + "key:" + idempotencyKey,
                        limited.stream()
                                .map(one -> new Redis.Limited(one.key(), one.limit()))
                                .toList(),
                        config.velocityWindow());
        List<Long> counts =
                shared.orElseGet(
                        () ->
                                limited.stream()
                                        .map(
                                                one ->
                                                        local.countDistinct(
                                                                one.key(),
                                                                idempotencyKey,
                                                                one.limit()))
                                        .toList());
        return Optional.of(counted(limited, counts, shared.isEmpty()));
    }

    private static Counted counted(List<Limited> limited, List<Long> counts, boolean locally) {
        Map<Dimension, Long> all = new EnumMap<>(Dimension.class);
        Optional<Dimension> exceeded = Optional.empty();
        for (int i = 0; i < limited.size(); i++) {
            Limited one = limited.get(i);
            all.put(one.dimension(), counts.get(i));
            if (exceeded.isEmpty() && counts.get(i) > one.limit()) {
                exceeded = Optional.of(one.dimension());
            }
        }
        return new Counted(all, exceeded, locally);
    }
}
