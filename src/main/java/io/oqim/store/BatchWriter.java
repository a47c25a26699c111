package io.oqim.store;

import io.oqim.config.JournalConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one batch in one transaction, and knows for certain what became of it before it says so.
 */
final class BatchWriter {
    private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);

    /**
     * Waits for the transaction of a COMMIT that was not answered, if the server still runs it: its
     * mark and this one have the same key. Writes in either case, so that this COMMIT's answer also
     * covers a first one whose replication was not confirmed.
     */
    private static final String PROBE =
            "INSERT INTO journal_batch (tenant, batch, by_probe) VALUES (?, ?, true)"
                    + " ON CONFLICT (tenant, batch) DO UPDATE SET probes = journal_batch.probes + 1"
                    + " RETURNING by_probe";

    private final Database database;
    private final Sequencer sequencer;
    private final JournalConfig config;
    private final JournalMetrics metrics;
    private final Consumer<List<Commit.Place>> committed;

    BatchWriter(
            Database database,
            Sequencer sequencer,
            JournalConfig config,
            JournalMetrics metrics,
            Consumer<List<Commit.Place>> committed) {
        this.database = database;
        this.sequencer = sequencer;
        this.config = config;
        this.metrics = metrics;
        this.committed = committed;
    }

    /** What one transaction came to. */
    sealed interface Tried permits Result, Unanswered {}

    /** What became of a batch. */
    sealed interface Result extends Tried permits Written, Without, RowAtFault, TryAgain {}

    /** It is on disk. */
    record Written(Map<UUID, Commit> commits, Consumer<List<Commit.Place>> committed)
            implements Result {
        void deliver(List<Pending> batch) {
            List<Commit.Place> log = new ArrayList<>();
            for (Pending pending : batch) {
                Commit commit = Objects.requireNonNull(commits.get(pending.change().id()));
                if (commit instanceof Commit.Accepted accepted) {
                    log.addAll(accepted.events());
                }
                pending.complete(commit);
            }
            if (!log.isEmpty()) {
                committed.accept(log);
            }
        }
    }

    /** It was not written, because these changes would have been written in part. */
    record Without(Set<UUID> refused) implements Result {}

    /** It was not written, because a row of it broke a rule. */
    record RowAtFault(RuntimeException cause) implements Result {}

    /**
     * COMMIT was sent and not answered.
     *
     * @param cause what came instead, if anything did
     */
    record Unanswered(Map<UUID, Commit> commits, @Nullable SQLException cause) implements Tried {
        Unanswered(Map<UUID, Commit> commits) {
            this(commits, null);
        }
    }

    /**
     * It was certainly not written, for a reason that may pass.
     *
     * @param outage the database is not there for anybody; otherwise a part of the batch may pass
     */
    record TryAgain(boolean outage, String reason) implements Result {}

    Result write(List<Pending> batch) {
        List<Change> changes = batch.stream().map(Pending::change).toList();
        UUID id = TypeId.next();
        long started = System.nanoTime();
        Tried tried = attempt(changes, id, batch.stream().allMatch(Pending::isFirstTry));
        Result result =
                switch (tried) {
                    case Result known -> known;
                    // The connection is given back by now: the question needs one, and may have to
                    // wait for it.
                    case Unanswered unanswered ->
                            probe(changes.getFirst().tenant(), id)
                                    ? new Written(unanswered.commits(), committed)
                                    : notWritten(unanswered);
                };
        if (result instanceof Written) {
            metrics.wrote(batch.size(), System.nanoTime() - started);
        }
        return result;
    }

    /**
     * Writes it hopefully; when that shows that a change is not accepted or at fault, carefully,
     * because a change that is not accepted may not be blamed for its rows.
     */
    private Tried attempt(List<Change> changes, UUID id, boolean firstTry) {
        if (firstTry) {
            Tried tried = transaction(changes, id, true);
            if (!(tried instanceof Without) && !(tried instanceof RowAtFault)) {
                return tried;
            }
        }
        return transaction(changes, id, false);
    }

    /** One transaction; {@link Unanswered} when its COMMIT was sent and nothing is known. */
    private Tried transaction(List<Change> changes, UUID id, boolean hopeful) {
        Unanswered unanswered = null;
        try (Pool.Lease lease = database.writer()) {
            Connection connection = lease.connection();
            connection.setAutoCommit(false);
            try {
                Transaction transaction = new Transaction(connection, sequencer, changes);
                if (hopeful) {
                    transaction.writeHopefully(id);
                } else {
                    transaction.writeCarefully(id);
                }
                Script last = transaction.last();
                Map<UUID, Commit> commits = transaction.commits();
                unanswered = new Unanswered(commits);
                SQLWarning warning = last.run(connection);
                if (warning == null) {
                    return new Written(commits, committed);
                }
                LOG.warn("COMMIT came with a warning: {}", warning.getMessage());
                return unanswered;
            } catch (Transaction.NotAccepted e) {
                connection.rollback();
                return new Without(e.partly());
            } catch (SQLException e) {
                if (unanswered != null && !SqlState.refused(e)) {
                    LOG.warn("COMMIT was not answered: {}", e.getMessage());
                    return new Unanswered(unanswered.commits(), e);
                }
                unanswered = null;
                rollback(connection);
                return notWritten(e);
            } catch (ArithmeticException | ClassCastException e) {
                // A value that does not fit its column: as if the database had refused the row.
                rollback(connection);
                metrics.failed();
                return new RowAtFault(e);
            }
        } catch (SQLException e) {
            // Also from giving the connection back, which says nothing about a COMMIT before it.
            return unanswered == null ? notWritten(e) : unanswered;
        }
    }

    private Result notWritten(Unanswered unanswered) {
        SQLException cause = unanswered.cause();
        return cause == null
                ? new TryAgain(true, "COMMIT was not answered, and did not happen")
                : notWritten(cause);
    }

    private Result notWritten(SQLException e) {
        metrics.failed();
        if (SqlState.rowAtFault(e)) {
            return new RowAtFault(StoreException.of(e));
        }
        return new TryAgain(SqlState.outage(e), SqlState.of(e) + " " + e.getMessage());
    }

    /** True when COMMIT was answered without a warning; else nothing is known. */
    private boolean commit(Connection connection) {
        try {
            connection.clearWarnings();
            connection.commit();
            if (connection.getWarnings() == null) {
                return true;
            }
            LOG.warn("COMMIT came with a warning: {}", connection.getWarnings().getMessage());
        } catch (SQLException e) {
            LOG.warn("COMMIT was not answered: {}", e.getMessage());
        }
        return false;
    }

    /**
     * Whether the batch committed. Asks until the database says it, because nothing else can be
     * told.
     */
    private boolean probe(long tenant, UUID batch) {
        metrics.probed();
        while (true) {
            try (Pool.Lease lease = database.writer();
                    PreparedStatement statement = lease.connection().prepareStatement(PROBE)) {
                Connection connection = lease.connection();
                connection.setAutoCommit(false);
                statement.setLong(1, tenant);
                statement.setObject(2, batch);
                boolean byProbe;
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    byProbe = row.getBoolean(1);
                }
                if (commit(connection)) {
                    return !byProbe;
                }
            } catch (SQLException e) {
                LOG.warn("what became of a COMMIT is still unknown: {}", e.getMessage());
            }
            Pauses.sleep(Duration.ofMillis(config.retryPause().toMillis() + 1));
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is lost, and the server rolls back by itself.
        }
    }
}
