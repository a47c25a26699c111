package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.merchant.PolicyStore;
import io.oqim.money.Money;
import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads of operations, attempts and traces; {@link DueStore} has the work that is due. */
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

    static final String BELONGS =
            """
             a
            JOIN operation o ON o.tenant = a.tenant AND o.operation = a.operation
            JOIN payment p ON p.tenant = a.tenant AND p.payment = a.payment
            JOIN tenant t ON t.tenant = a.tenant
            """;

    static final String COLUMNS =
            PaymentStore.COLUMNS
                    + ", "
                    + PolicyStore.ALL
                    + ", "
                    + OPERATION_COLUMNS
                    + ", "
                    + ATTEMPT_COLUMNS
                    + AGE;

    private static final String ALL = "SELECT " + COLUMNS + " FROM attempt" + BELONGS;

    private final Database database;

    OperationStore(Database database) {
        this.database = database;
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
                        + "WHERE a.tenant = ? AND o.payment = ? AND o.kind IN ('authorize', 'sale')"
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
                        + "WHERE a.tenant = ? AND o.payment = ? AND a.state IN ('unknown', 'pending')"
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

    static Open open(ResultSet row) throws SQLException {
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
