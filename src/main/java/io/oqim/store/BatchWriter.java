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
    sealed interface Result extends Tried
            permits Written, Doubtful, Without, RowAtFault, TryAgain {}

    /** How a batch is written. */
    enum Manner {
        /** In the fewest round trips; for changes of which nothing bad is known. */
        HOPEFUL,
        /** Step by step. */
        CAREFUL,
        /** Step by step, without much patience for rows that somebody holds. */
        BRIEF
    }

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

    /** Written hopefully, it was not written: a guard did not accept, or a row broke a rule. */
    record Doubtful() implements Result {}

    /** It was not written, because these changes would have been written in part. */
    record Without(Set<UUID> refused) implements Result {}

    /** It was not written, because a row of it broke a rule. */
    record RowAtFault(RuntimeException cause) implements Result {}

    /** COMMIT was sent and not answered. */
    record Unanswered(Map<UUID, Commit> commits) implements Tried {}

    /**
     * It was certainly not written, for a reason that may pass.
     *
     * @param outage the database is not there for anybody; otherwise a part of the batch may pass
     */
    record TryAgain(boolean outage, String reason) implements Result {}

    Result write(List<Pending> batch, Manner manner) {
        List<Change> changes = batch.stream().map(Pending::change).toList();
        UUID id = TypeId.next();
        long started = System.nanoTime();
        Result result =
                switch (transaction(changes, id, manner)) {
                    case Result known -> known;
                    // The connection is given back by now: the question needs one, and may have to
                    // wait for it.
                    case Unanswered unanswered ->
                            probe(changes.getFirst().tenant(), id)
                                    ? new Written(unanswered.commits(), committed)
                                    : new TryAgain(
                                            true, "COMMIT was not answered, and did not happen");
                };
        if (result instanceof Written) {
            metrics.wrote(batch.size(), System.nanoTime() - started);
        }
        return result;
    }

    private Tried transaction(List<Change> changes, UUID id, Manner manner) {
        Tried tried = null;
        try (Pool.Lease lease = database.writer()) {
            Connection connection = lease.connection();
            connection.setAutoCommit(false);
            tried = transaction(new Transaction(connection, sequencer, changes), id, manner);
            switch (tried) {
                case Written written -> {}
                case Result notWritten -> rollback(connection);
                // Nothing that this connection says from now on could be trusted.
                case Unanswered unanswered -> connection.abort(Runnable::run);
            }
            return tried;
        } catch (SQLException e) {
            // When the connection could not be given back, what it has said is true all the same.
            return tried == null ? notWritten(e) : tried;
        }
    }

    /** Until COMMIT is sent, whatever goes wrong means that nothing was written. */
    private Tried transaction(Transaction transaction, UUID id, Manner manner) {
        boolean hopeful = manner == Manner.HOPEFUL;
        Script last;
        try {
            last =
                    switch (manner) {
                        case HOPEFUL -> transaction.writeHopefully(id);
                        case CAREFUL -> transaction.writeCarefully(id, null);
                        case BRIEF -> transaction.writeCarefully(id, config.retryLock());
                    };
        } catch (Transaction.NotAccepted e) {
            return hopeful ? new Doubtful() : new Without(e.partly());
        } catch (SQLException e) {
            return hopeful && SqlState.rowAtFault(e) ? new Doubtful() : notWritten(e);
        } catch (ArithmeticException | ClassCastException e) {
            // A value that does not fit its column: as if the database had refused the row.
            return hopeful ? new Doubtful() : atFault(e);
        }
        return commit(transaction, last, hopeful);
    }

    /** From here on, nothing but the server's own refusal means that nothing was written. */
    private Tried commit(Transaction transaction, Script last, boolean hopeful) {
        try {
            SQLWarning warning = transaction.finish(last);
            if (warning == null) {
                return new Written(transaction.commits(), committed);
            }
            LOG.warn("COMMIT came with a warning: {}", warning.getMessage());
        } catch (SQLException e) {
            if (SqlState.refused(e)) {
                return hopeful && SqlState.rowAtFault(e) ? new Doubtful() : notWritten(e);
            }
            LOG.warn("COMMIT was not answered: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("COMMIT was not understood", e);
        }
        return new Unanswered(transaction.commits());
    }

    private Result notWritten(SQLException e) {
        if (SqlState.rowAtFault(e)) {
            return atFault(StoreException.of(e));
        }
        metrics.failed();
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

    private RowAtFault atFault(RuntimeException cause) {
        metrics.failed();
        return new RowAtFault(cause);
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
