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

/** A real PostgreSQL of this machine, with durable commits. */
public final class LocalPostgres extends PostgresServer {
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
        try (Connection connection = primary.connect("postgres");
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

    @Override
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

    @Override
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

    @Override
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
