package io.oqim;

import io.oqim.dev.LocalPostgres;
import io.oqim.dev.LocalRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** PostgreSQL and Redis, started once for all tests of a JVM. */
final class Parts {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static LocalPostgres postgres;
    private static LocalRedis redis;

    private Parts() {}

    static synchronized LocalPostgres postgres() {
        if (postgres == null) {
            try {
                Path data = Path.of("target", "it", "postgres-" + ProcessHandle.current().pid());
                LocalPostgres started = LocalPostgres.start(data);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(started)));
                postgres = started;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return postgres;
    }

    static synchronized LocalRedis redis() {
        if (redis == null) {
            try {
                LocalRedis started = LocalRedis.start();
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
