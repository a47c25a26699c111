package io.oqim.dev;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL for tests, wherever it runs, and Oqim's two roles in it. */
public abstract class PostgresServer implements AutoCloseable {
    public static final String RUN_ROLE = "oqim_run";
    public static final String MIGRATE_ROLE = "oqim_migrate";
    public static final String PASSWORD = "local-only";

    /** Where it listens on this machine, also after a restart. */
    public abstract int port();

    /** Ends it at once, as a crash would: no checkpoint, no goodbye. */
    public abstract void crash() throws IOException, InterruptedException;

    /** Starts it again after a crash; returns when it answers. */
    public abstract void restart() throws IOException;

    @Override
    public abstract void close() throws IOException;

    /** As the superuser. */
    protected final Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), "postgres", PASSWORD);
    }

    protected final void roles() {
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
    public final String database(String name) {
        String there = "SELECT 1 FROM pg_database WHERE datname = '" + name + "'";
        if (ask("postgres", there).isEmpty()) {
            admin("postgres", "CREATE DATABASE " + name + " OWNER " + MIGRATE_ROLE);
        }
        return url(name);
    }

    /** Asks a question as the superuser, whose answer is one text. */
    public final String ask(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                var answer = statement.executeQuery(sql)) {
            return answer.next() ? answer.getString(1) : "";
        } catch (SQLException e) {
            throw new IllegalStateException("cannot ask: " + sql, e);
        }
    }

    /** Runs a statement as the superuser. */
    public final void admin(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run: " + sql, e);
        }
    }

    public final String url(String name) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + name;
    }
}
