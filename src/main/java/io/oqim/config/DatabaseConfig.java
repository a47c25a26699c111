package io.oqim.config;

import java.time.Duration;

/** PostgreSQL: two roles, one bounded pool. */
public record DatabaseConfig(
        String url,
        String user,
        Secret password,
        String migrateUser,
        Secret migratePassword,
        int poolSize,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration lockTimeout,
        Duration idleInTransaction,
        Duration socketMargin,
        Duration planLife,
        int migrateRetries) {

    private static String url(Settings s) {
        String url =
                s.text(
                        "database.url",
                        "jdbc:postgresql://127.0.0.1:5432/oqim",
                        "JDBC URL of PostgreSQL, without user and password");
        if (!url.startsWith("jdbc:postgresql:")) {
            s.problem("database.url", "must begin with jdbc:postgresql:");
        } else if (url.matches("(?i).*[?&](user|password)=.*")) {
            s.problem(
                    "database.url",
                    "must not hold user or password: they have keys of their own, which are not"
                            + " shown");
        }
        return url;
    }

    static DatabaseConfig read(Settings s) {
        return new DatabaseConfig(
                url(s),
                s.text(
                        "database.user",
                        "oqim_run",
                        "role that runs: it cannot change postings and events"),
                s.secret("database.password", "its password"),
                s.text(
                        "database.migrate-user",
                        "oqim_migrate",
                        "role that migrates: it owns the tables"),
                s.secret("database.migrate-password", "its password"),
                s.integer("database.pool-size", 14, Bounds.of(3, 500), "connections at most"),
                s.duration(
                        "database.connect-timeout",
                        Duration.ofSeconds(2),
                        Span.millis(250, 60_000),
                        "how long to wait for a connection"),
                s.duration(
                        "database.statement-timeout",
                        Duration.ofSeconds(5),
                        Span.millis(100, 600_000),
                        "after which PostgreSQL cancels a statement"),
                s.duration(
                        "database.lock-timeout",
                        Duration.ofMillis(500),
                        Span.millis(10, 60_000),
                        "after which PostgreSQL gives up waiting for a lock"),
                s.duration(
                        "database.idle-in-transaction",
                        Duration.ofSeconds(1),
                        Span.millis(100, 60_000),
                        "after which PostgreSQL ends a transaction whose client went silent"),
                s.duration(
                        "database.socket-margin",
                        Duration.ofSeconds(5),
                        Span.seconds(1, 600),
                        "beyond the statement time-out, after which a server that says nothing is given up"),
                s.duration(
                        "database.plan-life",
                        Duration.ofSeconds(10),
                        Span.millis(100, 86_400_000),
                        "after which the journal's statements are planned anew, for tables as large as they are then"),
                s.integer(
                        "database.migrate-retries",
                        10,
                        Bounds.of(0, 1000),
                        "how often a migration tries to connect, with pauses of 1, 2, 4 s and on"));
    }
}
