package io.oqim.bench.vertx;

import io.vertx.pgclient.PgConnectOptions;
import java.util.Map;

/** What the environment says. */
record Settings(
        int port,
        PgConnectOptions postgres,
        int pool,
        int redisPort,
        String bankUrl,
        String cryptoKey,
        int eventLoops) {
    private static final int PIPELINING_LIMIT = 256;

    static Settings of(Map<String, String> environment) {
        int pool = Integer.parseInt(environment.getOrDefault("PG_POOL", "20"));
        int loops =
                environment.containsKey("EVENT_LOOPS")
                        ? Integer.parseInt(environment.get("EVENT_LOOPS"))
                        : Runtime.getRuntime().availableProcessors();
        return new Settings(
                number(environment, "PORT"),
                new PgConnectOptions()
                        .setHost(text(environment, "PG_HOST"))
                        .setPort(number(environment, "PG_PORT"))
                        .setDatabase(text(environment, "PG_DATABASE"))
                        .setUser(text(environment, "PG_USER"))
                        .setPassword(environment.getOrDefault("PG_PASSWORD", ""))
                        .setCachePreparedStatements(true)
                        .setPipeliningLimit(PIPELINING_LIMIT),
                pool,
                number(environment, "REDIS_PORT"),
                text(environment, "BANK_URL"),
                text(environment, "CRYPTO_KEY"),
                // Each has connections of its own.
                Math.min(loops, pool));
    }

    private static int number(Map<String, String> environment, String name) {
        return Integer.parseInt(text(environment, name));
    }

    private static String text(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set");
        }
        return value;
    }
}
