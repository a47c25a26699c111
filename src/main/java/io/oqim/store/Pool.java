package io.oqim.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.oqim.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A bounded pool of connections.
 *
 * <p>A semaphore stands in front of HikariCP: thousands of virtual threads may wait here, parked
 * and in order, while its own hand-over spins for as long as anybody waits inside.
 */
final class Pool implements AutoCloseable {
    private final HikariDataSource connections;
    private final Semaphore places;
    private final long patienceMillis;
    private final int size;
    private final Duration planLife;

    /** How long the last one waited who waited, and until when; in nanoseconds. */
    private volatile long lastWait;

    private volatile long lastEnd = System.nanoTime();

    /** Since when each session has its plans. */
    private final Map<Connection, Long> planned = Collections.synchronizedMap(new WeakHashMap<>());

    Pool(String name, DatabaseConfig config, int size) {
        this(name, config, size, "", Duration.ZERO);
    }

    /**
     * @param options further settings of its sessions, as {@code -c NAME=VALUE}
     * @param planLife how long its sessions keep plans; zero for as long as they live
     */
    Pool(String name, DatabaseConfig config, int size, String options, Duration planLife) {
        this.planLife = planLife;
        this.size = size;
        this.places = new Semaphore(size, true);
        this.patienceMillis = config.connectTimeout().toMillis();
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName(name);
        hikari.setJdbcUrl(config.url());
        hikari.setUsername(config.user());
        hikari.setPassword(config.password().reveal());
        hikari.setMaximumPoolSize(size);
        hikari.setMinimumIdle(size);
        hikari.setConnectionTimeout(patienceMillis);
        hikari.setValidationTimeout(Math.min(patienceMillis, 1000));
        // The process starts without a database and says so by its readiness.
        hikari.setInitializationFailTimeout(-1);
        hikari.setAutoCommit(true);
        hikari.addDataSourceProperty("ApplicationName", name);
        hikari.addDataSourceProperty("prepareThreshold", "3");
        hikari.addDataSourceProperty("binaryTransferEnable", ArrayParameter.BINARY);
        hikari.addDataSourceProperty("tcpKeepAlive", "true");
        // Of several servers: one that only read a moment ago may be the primary now.
        hikari.addDataSourceProperty("hostRecheckSeconds", "1");
        // The detail of a refused row quotes the row.
        hikari.addDataSourceProperty("logServerErrorDetail", "false");
        hikari.addDataSourceProperty(
                "connectTimeout", String.valueOf(Math.max(1, config.connectTimeout().toSeconds())));
        // A server that went silent: longer than any statement may take, so only a dead one is cut.
        hikari.addDataSourceProperty(
                "socketTimeout",
                String.valueOf(config.statementTimeout().plus(config.socketMargin()).toSeconds()));
        hikari.addDataSourceProperty(
                "options",
                "-c statement_timeout="
                        + config.statementTimeout().toMillis()
                        + " -c lock_timeout="
                        + config.lockTimeout().toMillis()
                        + " -c idle_in_transaction_session_timeout="
                        + config.idleInTransaction().toMillis()
                        + options);
        connections = new HikariDataSource(hikari);
    }

    /** A connection, until it is closed. */
    final class Lease implements AutoCloseable {
        private final Connection connection;

        private Lease(Connection connection) {
            this.connection = connection;
        }

        Connection connection() {
            return connection;
        }

        @Override
        public void close() throws SQLException {
            try {
                connection.close();
            } finally {
                places.release();
            }
        }
    }

    /**
     * Waits for a connection, up to {@code database.connect-timeout}; an interrupt is kept for
     * later.
     */
    Lease lease() throws SQLException {
        boolean interrupted = Thread.interrupted();
        boolean entered = false;
        long asked = System.nanoTime();
        try {
            entered = places.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS);
            lastEnd = System.nanoTime();
            lastWait = lastEnd - asked;
            if (!entered) {
                throw new SQLTransientConnectionException(
                        "no connection was free within " + patienceMillis + " ms", "08001");
            }
            Connection connection = connections.getConnection();
            forgetOldPlans(connection);
            Lease lease = new Lease(connection);
            entered = false;
            return lease;
        } catch (InterruptedException e) {
            interrupted = true;
            throw new SQLTransientConnectionException(
                    "interrupted while waiting for a connection", "08001", e);
        } finally {
            if (entered) {
                places.release();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void forgetOldPlans(Connection connection) throws SQLException {
        if (planLife.isZero()) {
            return;
        }
        Connection session = connection.unwrap(Connection.class);
        long now = System.nanoTime();
        Long since = planned.putIfAbsent(session, now);
        if (since != null && now - since > planLife.toNanos()) {
            try (Statement statement = connection.createStatement()) {
                boolean ignored = statement.execute("DISCARD PLANS");
                planned.put(session, now);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        }
    }

    /**
     * How long somebody who asks now would wait, in nanoseconds: as long as the last one did, or as
     * nobody has been served for. Zero while nobody waits.
     */
    long delay() {
        return places.hasQueuedThreads() ? Math.max(lastWait, System.nanoTime() - lastEnd) : 0;
    }

    Database.PoolState state() {
        int free = places.availablePermits();
        return new Database.PoolState(size - free, free, places.getQueueLength());
    }

    @Override
    public void close() {
        connections.close();
    }
}
