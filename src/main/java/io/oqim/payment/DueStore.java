package io.oqim.payment;

import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The work that is due: leases on attempts, and those that a person has to look at. */
final class DueStore {
    private static final String UNSETTLED =
            "SELECT "
                    + OperationStore.COLUMNS
                    + ", t.merchant, t.mode, a.unsettled, a.unsettled_at FROM attempt"
                    + OperationStore.BELONGS
                    + "WHERE a.unsettled IS NOT NULL ";

    /** Free to be asked about: nobody else has a lease on it. */
    private static final String FREE = " AND (leased_until IS NULL OR leased_until <= now()) ";

    private final Database database;

    DueStore(Database database) {
        this.database = database;
    }

    /**
     * An open attempt, and how old it is on the database's clock.
     *
     * @param contradicted whether its bank said that it approved it, although it ended without it
     * @param overdue whether it is in doubt for longer than was promised
     * @param until on the monotonic clock: after it the lease may be another worker's
     */
    record Due(Open open, Duration age, boolean contradicted, boolean overdue, long until) {}

    /** Takes leases on what a bank is to be asked about, the longest overdue first. */
    List<Due> lease(String bank, int limit, Duration lease) {
        return leased(
                "bank = ? AND next_check_at <= now() AND state <> 'planned'"
                        + FREE
                        + "ORDER BY next_check_at LIMIT ?",
                lease,
                bank,
                limit);
    }

    /** Takes leases on what is to be sent to a bank, the longest overdue first. */
    List<Due> leasePlanned(String bank, int limit, Duration lease) {
        return leased(
                "bank = ? AND next_check_at <= now() AND state = 'planned'"
                        + FREE
                        + "ORDER BY next_check_at LIMIT ?",
                lease,
                bank,
                limit);
    }

    /** Takes a lease on what is asked about next at a bank, due or not. */
    Optional<Due> leaseNext(String bank, Duration lease) {
        return leased(
                        "bank = ? AND next_check_at IS NOT NULL AND state IN ('unknown', 'pending', 'voiding')"
                                + FREE
                                + "ORDER BY next_check_at LIMIT 1",
                        lease,
                        bank)
                .stream()
                .findFirst();
    }

    /** Takes leases on what is due at any bank but these. */
    List<Due> leaseElsewhere(List<String> banks, int limit, Duration lease) {
        return leased(
                "bank <> ALL (?) AND next_check_at <= now()" + FREE + "LIMIT ?",
                lease,
                banks.toArray(String[]::new),
                limit);
    }

    /** Takes a lease on the open attempt with this reference of ours, due or not. */
    Optional<Due> lease(long tenant, String bank, String reference, Duration lease) {
        return leased(
                        "tenant = ? AND bank = ? AND reference = ? AND next_check_at IS NOT NULL"
                                + FREE,
                        lease,
                        tenant,
                        bank,
                        reference)
                .stream()
                .findFirst();
    }

    /**
     * Takes leases. Not through the journal: nothing of a payment changes, and nobody but workers
     * looks at it.
     */
    private List<Due> leased(String which, Duration lease, Object... parameters) {
        // Before the database begins to count, so that it ends here first.
        long until = System.nanoTime() + lease.toNanos();
        List<Object> all = new ArrayList<>(List.of(parameters));
        all.add(lease.toMillis() / 1000.0);
        String sql =
                """
                WITH due AS (
                    SELECT tenant, operation, number FROM attempt WHERE %s FOR UPDATE SKIP LOCKED),
                leased AS (
                    UPDATE attempt l SET leased_until = now() + make_interval(secs => ?), fence = l.fence + 1
                    FROM due WHERE l.tenant = due.tenant AND l.operation = due.operation
                        AND l.number = due.number
                    RETURNING l.*)
                SELECT %s FROM leased %s"""
                        .formatted(which, OperationStore.COLUMNS, OperationStore.BELONGS);
        return database.query(sql, row -> due(row, until), all.toArray());
    }

    /** Gives a lease back; the next question stays where it is in the schedule. */
    void release(Open open) {
        int ignored =
                database.execute(
                        "UPDATE attempt SET leased_until = NULL WHERE tenant = ? AND operation = ? AND number = ?"
                                + " AND fence = ?",
                        open.tenant(),
                        open.attempt().operation(),
                        open.attempt().number(),
                        open.attempt().fence());
    }

    /**
     * A person has to look at it; asking goes on. Not through the journal, as above.
     *
     * @param why a word
     * @return false when it was said already
     */
    boolean unsettled(Open open, String why) {
        return database.execute(
                        """
                        UPDATE attempt SET unsettled = ?, unsettled_at = coalesce(unsettled_at, now())
                        WHERE tenant = ? AND operation = ? AND number = ? AND next_check_at IS NOT NULL
                            AND unsettled IS DISTINCT FROM ?""",
                        why,
                        open.tenant(),
                        open.attempt().operation(),
                        open.attempt().number(),
                        why)
                > 0;
    }

    /**
     * A bank may have news of what had ended without money: it is due to be looked at, also when
     * somebody is looking just now and may have asked too early. Not through the journal, as above.
     */
    void lookAgain(Open open) {
        int ignored =
                database.execute(
                        """
                        UPDATE attempt SET fence = fence + 1, leased_until = NULL,
                            next_check_at = coalesce(next_check_at, now())
                        WHERE tenant = ? AND operation = ? AND number = ?
                            AND state IN ('declined', 'rejected', 'reversed')""",
                        open.tenant(),
                        open.attempt().operation(),
                        open.attempt().number());
    }

    /** A bank answers again: all that waits for it is due now. */
    int wake(String bank) {
        return database.execute(
                "UPDATE attempt SET next_check_at = now() WHERE bank = ? AND next_check_at > now()"
                        + " AND state IN ('planned', 'unknown', 'pending', 'voiding')",
                bank);
    }

    /**
     * One that a person has to look at.
     *
     * @param why a word
     */
    record Unsettled(Open open, UUID merchant, String mode, String why, Instant since) {}

    /** Those after this operation, by their operation. */
    List<Unsettled> unsettled(UUID after, int limit) {
        return database.query(
                UNSETTLED + "AND a.operation > ? ORDER BY a.operation LIMIT ?",
                DueStore::unsettled,
                after,
                limit);
    }

    Optional<Unsettled> unsettled(UUID operation) {
        return database.first(
                UNSETTLED + "AND a.operation = ? ORDER BY a.number DESC LIMIT 1",
                DueStore::unsettled,
                operation);
    }

    private static Unsettled unsettled(ResultSet row) throws SQLException {
        return new Unsettled(
                OperationStore.open(row),
                row.getObject("merchant", UUID.class),
                row.getString("mode"),
                row.getString("unsettled"),
                PaymentStore.time(row, "unsettled_at"));
    }

    private static Due due(ResultSet row, long until) throws SQLException {
        return new Due(
                OperationStore.open(row),
                Duration.ofMillis(row.getLong("age_ms")),
                row.getBoolean("contradicted"),
                row.getBoolean("overdue"),
                until);
    }

    /** What is left to do; see {@link PaymentRoom.Backlog}. */
    record Backlog(long due, long doubtSeconds, long unsettled) {}

    /** Of what is due, more than 10,000 are not counted. */
    Backlog backlog() {
        return database.first(
                        """
                        SELECT (SELECT count(*) FROM (SELECT 1 FROM attempt
                                WHERE next_check_at IS NOT NULL AND next_check_at <= now() LIMIT 10000) d),
                            (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::bigint FROM attempt
                                WHERE next_check_at IS NOT NULL AND state IN ('sent', 'unknown', 'voiding')),
                            (SELECT count(*) FROM attempt WHERE unsettled IS NOT NULL)""",
                        row -> new Backlog(row.getLong(1), row.getLong(2), row.getLong(3)))
                .orElseThrow();
    }
}
