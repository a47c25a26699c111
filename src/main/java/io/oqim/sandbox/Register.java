package io.oqim.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one bank knows, in memory: the fold of its rows, and nothing else.
 *
 * <p>Whoever changes what a reference stands for holds its lock (see {@link Locks}); a payment is
 * guarded by the lock of the reference that opened it. Only durable rows get in, so nothing that is
 * seen here can be lost by a crash.
 */
final class Register {
    /** As many references as a bank keeps; it refuses new ones after that. */
    static final int MAX_REFERENCES = 5_000_000;

    private final Map<String, Known> references = new ConcurrentHashMap<>();
    private final Map<String, Payment> payments = new ConcurrentHashMap<>();
    private final Map<String, String> voids = new ConcurrentHashMap<>();
    private final DisputeFeed disputes = new DisputeFeed();

    private record Known(Operation operation, long firstRow, long lastRow) {}

    /** Takes a durable row in. */
    void record(Row row) {
        switch (row.entry()) {
            case Movement movement -> record(row.seq(), movement);
            case DisputeChange change -> record(row.seq(), change);
        }
    }

    private void record(long seq, DisputeChange change) {
        payments.computeIfPresent(
                change.dispute().chargeback().payment(), (key, payment) -> payment.after(change));
        disputes.record(seq, change.dispute());
    }

    private void record(long seq, Movement movement) {
        Operation operation = movement.operation();
        Known before = references.get(operation.reference());
        long firstRow = before == null ? seq : before.firstRow();
        references.put(operation.reference(), new Known(operation, firstRow, seq));
        Origin origin = operation.origin();
        if (before == null && origin != null) {
            payments.put(operation.payment(), Payment.opened(operation, origin));
        }
        @Nullable Operation earlier = before == null ? null : before.operation();
        payments.computeIfPresent(
                operation.payment(), (key, payment) -> payment.after(movement, earlier));
        Undoing undoing = operation.undoing();
        if (undoing != null) {
            voids.putIfAbsent(undoing.reference(), operation.reference());
            references.computeIfPresent(undoing.reference(), (key, known) -> voided(known));
        }
    }

    /** The operation that used this reference. */
    Optional<Operation> operation(String reference) {
        return Optional.ofNullable(references.get(reference)).map(Known::operation);
    }

    /** The void by reference that closed this reference for ever. */
    Optional<Operation> voidOf(String reference) {
        return Optional.ofNullable(voids.get(reference)).flatMap(this::operation);
    }

    Optional<Payment> payment(String bankReference) {
        return Optional.ofNullable(payments.get(bankReference));
    }

    boolean isFull() {
        return references.size() >= MAX_REFERENCES;
    }

    DisputeFeed disputes() {
        return disputes;
    }

    List<Operation> openOperations() {
        return operations(operation -> operation.status().isOpen());
    }

    /** The sales and captures that took money and still have it. */
    List<Operation> debits() {
        return operations(Operation::isDebit);
    }

    /** The numbers of the rows of a reference, one or two, or of the bank's number of a dispute. */
    List<Long> rowsOf(String reference) {
        Known known = references.get(reference);
        if (known == null) {
            return disputes.rowsOf(reference);
        }
        return known.firstRow() == known.lastRow()
                ? List.of(known.firstRow())
                : List.of(known.firstRow(), known.lastRow());
    }

    private List<Operation> operations(Predicate<Operation> wanted) {
        return references.values().stream().map(Known::operation).filter(wanted).toList();
    }

    private static Known voided(Known known) {
        Operation operation = known.operation();
        return new Known(
                operation.with(operation.outcome().voided()), known.firstRow(), known.lastRow());
    }
}
