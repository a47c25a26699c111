package io.oqim.event;

import io.oqim.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

/**
 * Partitions of the log that are old, and the floors that tell where logs begin without them. Works
 * as the role that owns the tables, on a connection of its own: the role that runs cannot remove an
 * event.
 */
final class RetentionStore implements AutoCloseable {
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("uuuuMM");
    private static final String PREFIX = "event_";

    /** One worker at a time; the others find nothing to do. */
    private static final String LOCK =
            "SELECT pg_try_advisory_lock(hashtext('oqim event retention'))";

    /** For one statement; it may have to wait for those who read the log. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Months that one run removes. */
    private static final int PARTITIONS = 12;

    private final Connection connection;

    private RetentionStore(DatabaseConfig config) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", config.migrateUser());
        properties.setProperty("password", config.migratePassword().reveal());
        properties.setProperty("ApplicationName", "oqim-retention");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty(
                "connectTimeout", String.valueOf(Math.max(1, config.connectTimeout().toSeconds())));
        // Readers of the log are waited for, but not for ever: the next run goes on.
        properties.setProperty("socketTimeout", String.valueOf(2 * PATIENCE.toSeconds()));
        properties.setProperty("options", "-c statement_timeout=" + PATIENCE.toMillis());
        connection = DriverManager.getConnection(config.url(), properties);
    }

    /** Tenants whose floors are raised before others are read. */
    private static final int TENANTS = 500;

    /** How far the removal of a partition has come. */
    private enum State {
        ATTACHED,
        DETACHING,
        DETACHED
    }

    /** A month of the log. */
    private record Partition(String name, Instant end, State state) {}

    /** The last event of a tenant in a partition. */
    private record Last(
            long tenant, UUID merchant, String mode, long seq, byte[] hash, Instant now) {}

    /**
     * Removes what ended so long ago, by the database's clock and by this machine's: one that is
     * ahead must not cost the whole log. Blocks for as long as it takes; transactions that read the
     * log are waited for.
     *
     * @return how many partitions were removed
     */
    static int remove(DatabaseConfig config, Notary notary, Duration keep) {
        try (RetentionStore store = new RetentionStore(config)) {
            return store.alone() ? store.remove(notary, store.now().minus(keep)) : 0;
        } catch (SQLException e) {
            throw new IllegalStateException("retention: " + e.getMessage(), e);
        }
    }

    private Instant now() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT now()")) {
            row.next();
            Instant there = row.getObject(1, OffsetDateTime.class).toInstant();
            Instant here = Instant.now();
            return there.isBefore(here) ? there : here;
        }
    }

    private int remove(Notary notary, Instant before) throws SQLException {
        List<Partition> ended = endedBefore(before).stream().limit(PARTITIONS).toList();
        for (Partition partition : ended) {
            // Also of one that somebody has taken out by hand.
            raise(partition, notary);
            remove(partition);
        }
        return ended.size();
    }

    /** Every floor is on disk before the partition goes. */
    private void raise(Partition partition, Notary notary) throws SQLException {
        add(notary);
        long tenant = 0;
        List<Last> some = last(partition, tenant);
        while (!some.isEmpty()) {
            for (Last last : some) {
                raise(
                        last,
                        notary.sign(
                                last.merchant(), last.mode(), last.seq(), last.hash(), last.now()));
                tenant = last.tenant();
            }
            some = last(partition, tenant);
        }
    }

    private boolean alone() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LOCK)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Those that end before, the oldest first. */
    private List<Partition> endedBefore(Instant before) throws SQLException {
        List<Partition> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                """
                                SELECT c.relname, i.inhdetachpending FROM pg_class c
                                LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = 'event'::regclass
                                WHERE c.relkind = 'r' AND c.relname ~ '^event_[0-9]{6}$'
                                    AND c.relnamespace = (SELECT relnamespace FROM pg_class
                                        WHERE oid = 'event'::regclass) ORDER BY c.relname""")) {
            while (rows.next()) {
                String name = rows.getString(1);
                YearMonth month = YearMonth.parse(name.substring(PREFIX.length()), MONTH);
                Instant end = month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
                if (!end.isAfter(before)) {
                    boolean detaching = rows.getBoolean(2);
                    State attached = detaching ? State.DETACHING : State.ATTACHED;
                    found.add(new Partition(name, end, rows.wasNull() ? State.DETACHED : attached));
                }
            }
        }
        return found;
    }

    /** The last event of each tenant in it, some tenants at a time, in their order. */
    private List<Last> last(Partition partition, long afterTenant) throws SQLException {
        List<Last> found = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "SELECT t.tenant, t.merchant, t.mode, l.seq, l.hash, date_trunc('microseconds', now())"
                                + " FROM tenant t CROSS JOIN LATERAL (SELECT e.seq, e.hash FROM "
                                + partition.name()
                                + " e WHERE e.tenant = t.tenant ORDER BY e.seq DESC LIMIT 1) l"
                                + " WHERE t.tenant > ? ORDER BY t.tenant LIMIT ?")) {
            statement.setLong(1, afterTenant);
            statement.setInt(2, TENANTS);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(
                            new Last(
                                    rows.getLong(1),
                                    rows.getObject(2, UUID.class),
                                    rows.getString(3),
                                    rows.getLong(4),
                                    rows.getBytes(5),
                                    rows.getObject(6, OffsetDateTime.class).toInstant()));
                }
            }
        }
        return found;
    }

    /** Commits where a log begins from now on, with the checkpoint that proves what was before. */
    private void raise(Last last, Checkpoint checkpoint) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement proof =
                        connection.prepareStatement(
                                """
                                INSERT INTO checkpoint (tenant, seq, hash, signed_at, key, signature)
                                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""");
                PreparedStatement floor =
                        connection.prepareStatement(
                                """
                                INSERT INTO event_floor (tenant, oldest, prev_hash) VALUES (?, ?, ?)
                                ON CONFLICT (tenant) DO UPDATE SET oldest = excluded.oldest,
                                    prev_hash = excluded.prev_hash, updated_at = now()
                                WHERE event_floor.oldest < excluded.oldest""")) {
            proof.setLong(1, last.tenant());
            proof.setLong(2, checkpoint.seq());
            proof.setBytes(3, checkpoint.hash());
            proof.setObject(4, checkpoint.signed().atOffset(ZoneOffset.UTC));
            proof.setString(5, checkpoint.key());
            proof.setBytes(6, checkpoint.signature());
            proof.executeUpdate();
            floor.setLong(1, last.tenant());
            floor.setLong(2, last.seq() + 1);
            floor.setBytes(3, last.hash());
            floor.executeUpdate();
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Publishes the key that has signed. */
    private void add(Notary notary) throws SQLException {
        try (PreparedStatement key =
                connection.prepareStatement(
                        "INSERT INTO signing_key (key, public_key) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            key.setString(1, notary.id());
            key.setBytes(2, notary.publicKey());
            key.executeUpdate();
        }
    }

    /**
     * Takes a partition out of the log without holding up those who read and write it, and removes
     * it. One that was interrupted in the middle is finished.
     */
    private void remove(Partition partition) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            switch (partition.state()) {
                case ATTACHED ->
                        statement.execute(
                                "ALTER TABLE event DETACH PARTITION "
                                        + partition.name()
                                        + " CONCURRENTLY");
                case DETACHING ->
                        statement.execute(
                                "ALTER TABLE event DETACH PARTITION "
                                        + partition.name()
                                        + " FINALIZE");
                case DETACHED -> {}
            }
            statement.execute("DROP TABLE " + partition.name());
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
