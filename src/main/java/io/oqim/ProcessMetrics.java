package io.oqim;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.redis.Redis;
import io.oqim.store.Database;
import io.oqim.store.Replica;
import java.util.OptionalLong;
import java.util.function.Function;

/** Metrics of what all rooms share. */
final class ProcessMetrics {
    private final Database database;
    private final Replica replica;
    private final Redis redis;

    ProcessMetrics(Database database, Replica replica, Redis redis) {
        this.database = database;
        this.replica = replica;
        this.redis = redis;
    }

    void bindTo(MeterRegistry registry) {
        pool(registry, "readers", Database::state);
        pool(registry, "journal", Database::journalState);
        Gauge.builder("oqim.database.replica.lag", replica, ProcessMetrics::lag)
                .description("how far the copy that is read from is behind; NaN while none is used")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("oqim.redis.connected", redis, r -> r.connected() ? 1 : 0)
                .description("1 while Redis is connected")
                .register(registry);
    }

    private static double lag(Replica replica) {
        OptionalLong lag = replica.lag();
        return lag.isPresent() ? lag.getAsLong() / 1e9 : Double.NaN;
    }

    private void pool(
            MeterRegistry registry, String name, Function<Database, Database.PoolState> state) {
        Gauge.builder("oqim.database.active", database, d -> state.apply(d).active())
                .description("connections in use")
                .tag("pool", name)
                .register(registry);
        Gauge.builder("oqim.database.idle", database, d -> state.apply(d).idle())
                .description("connections at rest")
                .tag("pool", name)
                .register(registry);
        Gauge.builder("oqim.database.waiting", database, d -> state.apply(d).waiting())
                .description("callers that wait for a connection")
                .tag("pool", name)
                .register(registry);
    }
}
