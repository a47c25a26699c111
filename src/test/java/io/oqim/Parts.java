package io.oqim;

import io.oqim.dev.PostgresServer;
import io.oqim.dev.RedisServer;
import io.oqim.testing.Infra;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** PostgreSQL and Redis, started once for all tests of a JVM. */
final class Parts {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static PostgresServer postgres;
    private static RedisServer redis;

    private Parts() {}

    static synchronized PostgresServer postgres() {
        if (postgres == null) {
            try {
                Path data = Path.of("target", "it", "postgres-" + ProcessHandle.current().pid());
                PostgresServer started = Infra.postgres(data);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(started)));
                postgres = started;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return postgres;
    }

    static synchronized RedisServer redis() {
        if (redis == null) {
            try {
                RedisServer started = Infra.redis();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(started)));
                redis = started;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return redis;
    }

    /** The name of a database that no other test uses. */
    static String databaseName() {
        return "it_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            System.err.println("not closed: " + e);
        }
    }
}
