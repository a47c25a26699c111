package io.oqim.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;

/**
 * The database as it is at one moment, however long it is read. Rows come one by one, so that their
 * number costs no memory.
 */
public final class Snapshot {
    private static final int FETCH = 1000;

    private final Connection connection;

    private Snapshot(Connection connection) {
        this.connection = connection;
    }

    /** Works on a snapshot. */
    @FunctionalInterface
    public interface Work {
        void on(Snapshot snapshot);
    }

    static void take(Connection connection, Work work) throws SQLException {
        int socket = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, 0);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            // It may read for hours, and be slow to look at what it reads.
            statement.execute("SET LOCAL statement_timeout = 0");
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
            work.on(new Snapshot(connection));
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, socket);
        }
    }

    /** Gives each row of a query to {@code consumer}. */
    public <T> void each(String sql, Database.Reader<T> reader, Consumer<T> consumer) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    consumer.accept(reader.read(rows));
                }
            }
        } catch (SQLException e) {
            throw StoreException.of(e);
        }
    }
}
