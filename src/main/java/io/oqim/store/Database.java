package io.oqim.store;

import io.oqim.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pool of connections, and reads. Writes go through {@link Journal}; the few that have no
 * tenant's log to keep (onboarding, upkeep) use {@link #run}.
 *
 * <p>All methods block; a full pool is waited for up to {@code database.connect-timeout}. Failures
 * of the database are {@link StoreException}.
 */
public final class Database implements AutoCloseable {
    /**
     * The journal finds every row by its key, a few in each statement. A plan that was guessed from
     * a batch would read the whole table for them. It is kept for {@code database.plan-life}: one
     * that was made while a table was empty takes any index.
     */
    private static final String BY_KEY =
            " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
                    + " -c plan_cache_mode=force_generic_plan -c jit=off";

    private final Pool readers;
    private final Pool writers;

    /**
     * @param lanes writers of the journal, which get connections of their own out of {@code
     *     database.pool-size}: no crowd of readers keeps them from writing; 0 when there is no
     *     journal here
     */
    public Database(DatabaseConfig config, int lanes) {
        readers = new Pool("oqim", config, config.poolSize() - lanes);
        writers =
                lanes == 0
                        ? readers
                        : new Pool("oqim-journal", config, lanes, BY_KEY, config.planLife());
    }

    /** Turns one row into a value. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Works on a connection. */
    @FunctionalInterface
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * All rows of a query. Parameters are set in order; a {@code Long[]} or {@code String[]} is an
     * array.
     */
    public <T> List<T> query(String sql, Reader<T> reader, Object... parameters) {
        return run(
                connection -> {
                    try (PreparedStatement statement = connection.prepareStatement(sql)) {
                        bind(statement, parameters);
                        List<T> rows = new ArrayList<>();
                        try (ResultSet result = statement.executeQuery()) {
                            while (result.next()) {
                                rows.add(reader.read(result));
                            }
                        }
                        return rows;
                    }
                });
    }

    /** The first row of a query, if there is one. */
    public <T> Optional<T> first(String sql, Reader<T> reader, Object... parameters) {
        List<T> rows = query(sql, reader, parameters);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    /** Runs one statement by itself; returns how many rows it touched. */
    public int execute(String sql, Object... parameters) {
        return run(
                connection -> {
                    try (PreparedStatement statement = connection.prepareStatement(sql)) {
                        bind(statement, parameters);
                        statement.execute();
                        return Math.max(0, statement.getUpdateCount());
                    }
                });
    }

    /** Runs work with autocommit on. */
    public <T> T run(Work<T> work) {
        try (Pool.Lease lease = readers.lease()) {
            return work.on(lease.connection());
        } catch (SQLException e) {
            throw StoreException.of(e);
        }
    }

    /** Runs work in one transaction; anything thrown rolls it back. */
    public <T> T inTransaction(Work<T> work) {
        return run(
                connection -> {
                    connection.setAutoCommit(false);
                    try {
                        T result = work.on(connection);
                        connection.commit();
                        return result;
                    } finally {
                        // Rolls back what was not committed; Hikari would, but only on return to
                        // the pool.
                        connection.rollback();
                        connection.setAutoCommit(true);
                    }
                });
    }

    /** Reads what there is at one moment. */
    public void snapshot(Snapshot.Work work) {
        int ignored =
                run(
                        connection -> {
                            Snapshot.take(connection, work);
                            return 0;
                        });
    }

    /** Whether the database answers, for readiness; never throws. */
    public boolean answers() {
        try {
            return first("SELECT 1", row -> row.getInt(1)).isPresent();
        } catch (StoreException e) {
            return false;
        }
    }

    /** Connections for reads: in use, idle, and callers waiting for one. */
    public PoolState state() {
        return readers.state();
    }

    /** How long somebody who wants to read waits for a connection, in nanoseconds. */
    public long delay() {
        return readers.delay();
    }

    /** The same for the journal's connections. */
    public PoolState journalState() {
        return writers.state();
    }

    /** A moment of the pool. */
    public record PoolState(int active, int idle, int waiting) {}

    /** A connection for the journal's own use. */
    Pool.Lease writer() throws SQLException {
        return writers.lease();
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }

    private static void bind(PreparedStatement statement, Object[] parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case Long[] array ->
                        statement.setArray(
                                i + 1, statement.getConnection().createArrayOf("bigint", array));
                case String[] array ->
                        statement.setArray(
                                i + 1, statement.getConnection().createArrayOf("text", array));
                default -> statement.setObject(i + 1, parameters[i]);
            }
        }
    }
}
