package io.oqim;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.redis.Redis;
import io.oqim.store.Database;

/** Metrics of what all rooms share. */
final class ProcessMetrics {
    private final Database database;
    private final Redis redis;

    ProcessMetrics(Database database, Redis redis) {
        this.database = database;
        this.redis = redis;
    }

    void bindTo(MeterRegistry registry) {
        Gauge.builder("oqim.database.active", database, d -> d.state().active())
                .description("connections in use")
                .register(registry);
        Gauge.builder("oqim.database.idle", database, d -> d.state().idle())
                .description("connections at rest")
                .register(registry);
        Gauge.builder("oqim.database.waiting", database, d -> d.state().waiting())
                .description("callers that wait for a connection")
                .register(registry);
        Gauge.builder("oqim.redis.connected", redis, r -> r.connected() ? 1 : 0)
                .description("1 while Redis is connected")
                .register(registry);
    }
}
