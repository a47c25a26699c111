package io.oqim.config;

import java.time.Duration;

/** PostgreSQL: two roles, one bounded pool; perhaps a copy to read from, with a pool of its own. */
public record DatabaseConfig(
        String url,
        String replicaUrl,
        int replicaPoolSize,
        Duration replicaMaxLag,
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

    /** The same, for a pool of connections to the copy. */
    public DatabaseConfig atReplica() {
        return new DatabaseConfig(
                replicaUrl,
                "",
                replicaPoolSize,
                replicaMaxLag,
                user,
                password,
                migrateUser,
                migratePassword,
                replicaPoolSize,
                connectTimeout,
                statementTimeout,
                lockTimeout,
                idleInTransaction,
                socketMargin,
                planLife,
                migrateRetries);
    }

    private static String url(Settings s) {
        String url =
                s.text(
                        "database.url",
                        "jdbc:postgresql://127.0.0.1:5432/oqim",
                        "JDBC URL of PostgreSQL, without user and password; of several servers, as"
                                + " jdbc:postgresql://a,b/oqim?targetServerType=primary");
        check(s, "database.url", url);
        String hosts = url.replaceFirst("(?i)^jdbc:postgresql://", "").replaceFirst("[/?].*", "");
        if (hosts.contains(",") && !url.matches("(?i).*[?&]targetServerType=primary(&.*)?")) {
            s.problem(
                    "database.url",
                    "must say targetServerType=primary when it names several servers: one that only"
                            + " reads would be taken too");
        }
        return url;
    }

    private static String replica(Settings s) {
        String url =
                s.text(
                        "database.replica-url",
                        "",
                        "JDBC URL of a copy that only reads, for lists and exports; empty means that all is read at"
                                + " database.url");
        if (!url.isEmpty()) {
            check(s, "database.replica-url", url);
        }
        return url;
    }

    private static void check(Settings s, String key, String url) {
        if (!url.startsWith("jdbc:postgresql:")) {
            s.problem(key, "must begin with jdbc:postgresql:");
        } else if (url.matches("(?i).*[?&](user|password)=.*")) {
            s.problem(
                    key,
                    "must not hold user or password: they have keys of their own, which are not"
                            + " shown");
        }
    }

    static DatabaseConfig read(Settings s) {
        return new DatabaseConfig(
                url(s),
                replica(s),
                s.integer(
                        "database.replica-pool-size",
                        4,
                        Bounds.of(1, 500),
                        "connections to the copy at most"),
                s.duration(
                        "database.replica-max-lag",
                        Duration.ofSeconds(5),
                        Span.millis(100, 600_000),
                        "a copy that is further behind than this is not read from"),
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
