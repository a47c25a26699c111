package io.oqim.dev;

import io.oqim.testing.Soon;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real PostgreSQL with durable commits, and Oqim's two roles in it. */
public final class LocalPostgres implements AutoCloseable {
    public static final String RUN_ROLE = "oqim_run";
    public static final String MIGRATE_ROLE = "oqim_migrate";
    public static final String PASSWORD = "local-only";

    private EmbeddedPostgres server;
    private final Path data;

    private LocalPostgres(EmbeddedPostgres server, Path data) {
        this.server = server;
        this.data = data;
    }

    /** Starts on this data directory, which is created when it is missing. */
    public static LocalPostgres start(Path data) throws IOException {
        stopLeftOver(data);
        Files.createDirectories(data.toAbsolutePath().getParent());
        LocalPostgres postgres = new LocalPostgres(launch(data, LocalRedis.freePort()), data);
        postgres.roles();
        return postgres;
    }

    private static EmbeddedPostgres launch(Path data, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setPGStartupWait(Duration.ofSeconds(60))
                // The library turns both off; an acknowledged payment must be on disk.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "200")
                .setServerConfig("shared_buffers", "128MB")
                .start();
    }

    /**
     * Starts a copy of a server that follows it: its files as they are, then its log.
     *
     * @param name by which the server knows it
     */
    public static LocalPostgres standby(LocalPostgres primary, Path data, String name)
            throws IOException {
        return standby(primary, data, name, LocalRedis.freePort());
    }

    /** The same, on a port. */
    public static LocalPostgres standby(LocalPostgres primary, Path data, String name, int port)
            throws IOException {
        String slot = "SELECT pg_create_physical_replication_slot('" + name + "', true)";
        primary.admin("postgres", slot);
        // Begin and end of a backup belong to one session.
        try (Connection connection = primary.server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('standby', true)");
            BaseCopy.of(primary.data, data);
            try (var label =
                    statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                label.next();
                Files.writeString(data.resolve("backup_label"), label.getString(1));
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=%d user=postgres application_name=%s'%nprimary_slot_name = '%s'%n"
                        .formatted(primary.port(), name, name));
        Files.createFile(data.resolve("standby.signal"));
        return new LocalPostgres(launch(data, port), data);
    }

    /** From now on, a commit is answered when this standby has it on disk too. */
    public void waitFor(String standby) {
        admin("postgres", "ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'");
        admin("postgres", "SELECT pg_reload_conf()");
    }

    /** A standby becomes a server of its own. */
    public void promote() {
        admin("postgres", "SELECT pg_promote(true, 60)");
    }

    /** Ends it at once, as a crash would: no checkpoint, no goodbye. */
    public void crash() throws IOException, InterruptedException {
        ProcessHandle process = process();
        new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start().waitFor();
        while (process.isAlive()) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        server.close();
    }

    /** SIGKILL to all of its processes. */
    public void kill() throws IOException {
        ProcessHandle process = process();
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process)).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        Soon.until("PostgreSQL is gone", () -> all.stream().noneMatch(ProcessHandle::isAlive));
        // Finds nothing to stop, which it says aloud, and lets go of the folder.
        server.close();
    }

    /** Its first process, which has started all others. */
    public ProcessHandle process() throws IOException {
        long pid =
                Long.parseLong(
                        Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
        return ProcessHandle.of(pid).orElseThrow();
    }

    /** Starts it again after a crash, on the same port. */
    public void restart() throws IOException {
        server = launch(data, server.getPort());
    }

    /** A server of an earlier run that was killed, so that nobody stopped it. */
    private static void stopLeftOver(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        Optional<ProcessHandle> left =
                lines.size() < 2 || !lines.get(1).strip().equals(data.toAbsolutePath().toString())
                        ? Optional.empty()
                        : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
        // The id may be another process's by now.
        if (left.isPresent() && left.get().info().command().orElse("").contains("postgres")) {
            left.get().destroy();
            try {
                left.get().onExit().get(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IOException(
                        "an earlier PostgreSQL with pid " + left.get().pid() + " does not end", e);
            }
        }
    }

    private void roles() {
        admin(
                "postgres",
                """
                DO $$ BEGIN
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%1$s') THEN
                        CREATE ROLE %1$s LOGIN PASSWORD '%3$s';
                        CREATE ROLE %2$s LOGIN PASSWORD '%3$s';
                    END IF;
                END $$"""
                        .formatted(MIGRATE_ROLE, RUN_ROLE, PASSWORD));
    }

    /**
     * Creates a database that the migrating role owns, unless it is there; returns its JDBC URL.
     */
    public String database(String name) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            try (var found =
                    statement.executeQuery(
                            "SELECT 1 FROM pg_database WHERE datname = '" + name + "'")) {
                if (found.next()) {
                    return url(name);
                }
            }
            statement.execute("CREATE DATABASE " + name + " OWNER " + MIGRATE_ROLE);
            return url(name);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create database " + name, e);
        }
    }

    /** Asks a question as the superuser, whose answer is one text. */
    public String ask(String database, String sql) {
        try (Connection connection = server.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement();
                var answer = statement.executeQuery(sql)) {
            return answer.next() ? answer.getString(1) : "";
        } catch (SQLException e) {
            throw new IllegalStateException("cannot ask: " + sql, e);
        }
    }

    /** Runs a statement as the superuser. */
    public void admin(String database, String sql) {
        try (Connection connection = server.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run: " + sql, e);
        }
    }

    public String url(String name) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + name;
    }

    public int port() {
        return server.getPort();
    }

    public Path data() {
        return data;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
