package io.oqim.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
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
    private final HikariDataSource pool;

    public Database(DatabaseConfig config) {
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName("oqim");
        hikari.setJdbcUrl(config.url());
        hikari.setUsername(config.user());
        hikari.setPassword(config.password().reveal());
        hikari.setMaximumPoolSize(config.poolSize());
        hikari.setMinimumIdle(config.poolSize());
        hikari.setConnectionTimeout(config.connectTimeout().toMillis());
        hikari.setValidationTimeout(Math.min(config.connectTimeout().toMillis(), 1000));
        // The process starts without a database and says so by its readiness.
        hikari.setInitializationFailTimeout(-1);
        hikari.setAutoCommit(true);
        hikari.addDataSourceProperty("ApplicationName", "oqim");
        hikari.addDataSourceProperty("reWriteBatchedInserts", "true");
        hikari.addDataSourceProperty("prepareThreshold", "3");
        hikari.addDataSourceProperty("tcpKeepAlive", "true");
        hikari.addDataSourceProperty(
                "connectTimeout", String.valueOf(Math.max(1, config.connectTimeout().toSeconds())));
        // A server that went silent: longer than any statement may take, so only a dead one is cut.
        hikari.addDataSourceProperty(
                "socketTimeout", String.valueOf(config.statementTimeout().toSeconds() + 5));
        hikari.addDataSourceProperty(
                "options",
                "-c statement_timeout="
                        + config.statementTimeout().toMillis()
                        + " -c lock_timeout="
                        + config.lockTimeout().toMillis()
                        + " -c idle_in_transaction_session_timeout="
                        + config.idleInTransaction().toMillis());
        pool = new HikariDataSource(hikari);
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
        try (Connection connection = pool.getConnection()) {
            return work.on(connection);
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

    /** Whether the database answers, for readiness; never throws. */
    public boolean answers() {
        try {
            return first("SELECT 1", row -> row.getInt(1)).isPresent();
        } catch (StoreException e) {
            return false;
        }
    }

    /** Connections in use, idle, and callers waiting for one. */
    public PoolState state() {
        var bean = pool.getHikariPoolMXBean();
        return bean == null
                ? new PoolState(0, 0, 0)
                : new PoolState(
                        bean.getActiveConnections(),
                        bean.getIdleConnections(),
                        bean.getThreadsAwaitingConnection());
    }

    /** A moment of the pool. */
    public record PoolState(int active, int idle, int waiting) {}

    Connection connection() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        pool.close();
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
