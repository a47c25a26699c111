package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.merchant.PolicyStore;
import io.oqim.money.Money;
import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads of operations, attempts and traces, and of the work that is due. */
final class OperationStore {
    private static final String OPERATION_COLUMNS =
            """
            o.operation, o.payment AS operation_payment, o.kind, o.status AS operation_status,
            o.amount AS operation_amount, o.currency AS operation_currency, o.key, o.cause, o.final, o.before,
            o.releases, o.from_balance, o.created_at AS operation_created, o.updated_at AS operation_updated\s""";

    private static final String ATTEMPT_COLUMNS =
            """
            a.operation AS attempt_operation, a.number, a.bank AS attempt_bank, a.reference AS attempt_reference,
            a.state, a.bank_reference, a.auth_code, a.rrn, a.bank_code, a.checks, a.fence, a.contradicted\s""";

    private static final String AGE =
            ", (extract(epoch FROM clock_timestamp() - a.created_at) * 1000)::bigint AS age_ms,"
                    + " coalesce(p.in_doubt_operation = o.operation AND p.in_doubt_by <= clock_timestamp(), false)"
                    + " AS overdue ";

    private static final String BELONGS =
            """
             a
            JOIN operation o ON o.tenant = a.tenant AND o.operation = a.operation
            JOIN payment p ON p.tenant = a.tenant AND p.payment = a.payment
            JOIN tenant t ON t.tenant = a.tenant
            """;

    private static final String COLUMNS =
            PaymentStore.COLUMNS
                    + ", "
                    + PolicyStore.ALL
                    + ", "
                    + OPERATION_COLUMNS
                    + ", "
                    + ATTEMPT_COLUMNS
                    + AGE;

    private static final String ALL = "SELECT " + COLUMNS + " FROM attempt" + BELONGS;

    private static final String UNSETTLED =
            "SELECT "
                    + COLUMNS
                    + ", t.merchant, t.mode, a.unsettled, a.unsettled_at FROM attempt"
                    + BELONGS
                    + "WHERE a.unsettled IS NOT NULL ";

    /** Free to be asked about: nobody else has a lease on it. */
    private static final String FREE = " AND (leased_until IS NULL OR leased_until <= now()) ";

    private final Database database;

    OperationStore(Database database) {
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
                        .formatted(which, COLUMNS, BELONGS);
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

    /** The attempt with this reference of ours, open or not. */
    Optional<Open> named(long tenant, String bank, String reference) {
        return database.first(
                ALL + "WHERE a.tenant = ? AND a.bank = ? AND a.reference = ?",
                OperationStore::open,
                tenant,
                bank,
                reference);
    }

    /** The open attempt with this reference of ours, if it is open. */
    Optional<Open> open(long tenant, String bank, String reference) {
        return database.first(
                ALL
                        + "WHERE a.next_check_at IS NOT NULL AND a.tenant = ? AND a.bank = ? AND a.reference = ?",
                OperationStore::open,
                tenant,
                bank,
                reference);
    }

    /**
     * The operation and its latest attempt, for the next try of a payment whose claim was reopened.
     */
    Optional<Open> latest(long tenant, UUID operation) {
        return database.first(
                ALL + "WHERE a.tenant = ? AND a.operation = ? ORDER BY a.number DESC LIMIT 1",
                OperationStore::open,
                tenant,
                operation);
    }

    /** The operation that opened a payment, and its latest attempt. */
    Optional<Open> opening(long tenant, UUID payment) {
        return database.first(
                ALL
                        + "WHERE a.tenant = ? AND a.payment = ? AND o.kind IN ('authorize', 'sale')"
                        + " ORDER BY a.number DESC LIMIT 1",
                OperationStore::open,
                tenant,
                payment);
    }

    /**
     * What of a payment a bank can be asked about now: what opens it first, then the longest open.
     */
    Optional<Open> doubtful(long tenant, UUID payment) {
        return database.first(
                ALL
                        + "WHERE a.tenant = ? AND a.payment = ? AND a.state IN ('unknown', 'pending')"
                        + " ORDER BY o.kind NOT IN ('authorize', 'sale'), a.created_at LIMIT 1",
                OperationStore::open,
                tenant,
                payment);
    }

    /** The name that the bank gave to a payment, with its authorization or sale. */
    Optional<String> bankReference(long tenant, UUID payment) {
        return database.first(
                """
                SELECT a.bank_reference FROM operation o
                JOIN attempt a ON a.tenant = o.tenant AND a.operation = o.operation
                WHERE o.tenant = ? AND o.payment = ? AND o.kind IN ('authorize', 'sale')
                    AND a.state IN ('approved', 'approved_late') AND a.bank_reference IS NOT NULL""",
                row -> row.getString(1),
                tenant,
                payment);
    }

    /** A payment's operations after this one, oldest first. */
    List<Operation> operations(long tenant, UUID payment, UUID after, int limit) {
        return database.query(
                "SELECT "
                        + OPERATION_COLUMNS
                        + " FROM operation o WHERE o.tenant = ? AND o.payment = ? AND o.operation > ?"
                        + " ORDER BY o.operation LIMIT ?",
                OperationStore::operation,
                tenant,
                payment,
                after,
                limit);
    }

    Optional<Operation> operation(long tenant, UUID operation) {
        return database.first(
                "SELECT "
                        + OPERATION_COLUMNS
                        + " FROM operation o WHERE o.tenant = ? AND o.operation = ?",
                OperationStore::operation,
                tenant,
                operation);
    }

    List<Attempt> attempts(long tenant, String[] operations) {
        return database.query(
                "SELECT "
                        + ATTEMPT_COLUMNS
                        + " FROM attempt a WHERE a.tenant = ? AND a.operation = ANY (?::uuid[]) ORDER BY a.operation,"
                        + " a.number",
                OperationStore::attempt,
                tenant,
                operations);
    }

    /** The stored legs of a payment, oldest first, each a JSON object. */
    List<byte[]> traces(long tenant, UUID payment) {
        return database.query(
                "SELECT legs FROM trace WHERE tenant = ? AND payment = ? ORDER BY created_at, change",
                row -> row.getBytes(1),
                tenant,
                payment);
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
                OperationStore::unsettled,
                after,
                limit);
    }

    Optional<Unsettled> unsettled(UUID operation) {
        return database.first(
                UNSETTLED + "AND a.operation = ? ORDER BY a.number DESC LIMIT 1",
                OperationStore::unsettled,
                operation);
    }

    private static Unsettled unsettled(ResultSet row) throws SQLException {
        return new Unsettled(
                open(row),
                row.getObject("merchant", UUID.class),
                row.getString("mode"),
                row.getString("unsettled"),
                PaymentStore.time(row, "unsettled_at"));
    }

    private static Due due(ResultSet row, long until) throws SQLException {
        return new Due(
                open(row),
                Duration.ofMillis(row.getLong("age_ms")),
                row.getBoolean("contradicted"),
                row.getBoolean("overdue"),
                until);
    }

    private static Open open(ResultSet row) throws SQLException {
        return new Open(
                row.getLong("tenant"),
                PaymentStore.payment(row),
                operation(row),
                attempt(row),
                PolicyStore.read(row));
    }

    private static Operation operation(ResultSet row) throws SQLException {
        return new Operation(
                row.getObject("operation", UUID.class),
                row.getObject("operation_payment", UUID.class),
                OperationKind.parse(row.getString("kind")),
                OperationStatus.parse(row.getString("operation_status")),
                Money.of(row.getLong("operation_amount"), row.getString("operation_currency")),
                new Operation.Terms(
                        Cause.parse(row.getString("cause")),
                        Optional.ofNullable(row.getString("key")),
                        row.getBoolean("final"),
                        row.getLong("before"),
                        row.getLong("releases"),
                        row.getBoolean("from_balance")),
                PaymentStore.time(row, "operation_created"),
                PaymentStore.time(row, "operation_updated"));
    }

    private static Attempt attempt(ResultSet row) throws SQLException {
        String code = row.getString("bank_code");
        return new Attempt(
                row.getObject("attempt_operation", UUID.class),
                row.getInt("number"),
                row.getString("attempt_bank"),
                row.getString("attempt_reference"),
                AttemptState.parse(row.getString("state")),
                new BankIds(
                        Optional.ofNullable(row.getString("bank_reference")),
                        Optional.ofNullable(row.getString("auth_code")),
                        Optional.ofNullable(row.getString("rrn"))),
                code == null ? "" : code,
                row.getInt("checks"),
                row.getLong("fence"));
    }
}
