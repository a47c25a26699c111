package io.oqim;

import io.oqim.store.Snapshot;
import io.oqim.store.TypeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.function.Consumer;

/** The audit's reads of disputes: what a snapshot of the database says of them against itself. */
final class DisputeAuditStore {
    private final Snapshot snapshot;
    private final Consumer<String> difference;

    /**
     * @param difference told of each one, in a sentence
     */
    DisputeAuditStore(Snapshot snapshot, Consumer<String> difference) {
        this.snapshot = snapshot;
        this.difference = difference;
    }

    /** What payments, disputes and postings say was taken back is the same. */
    void money() {
        snapshot.each(
                """
                SELECT p.tenant, p.payment, p.disputed, coalesce(d.taken, 0)
                FROM payment p LEFT JOIN (
                    SELECT tenant, payment, sum(amount) AS taken FROM dispute WHERE status <> 'won'
                    GROUP BY tenant, payment) d ON d.tenant = p.tenant AND d.payment = p.payment
                WHERE p.disputed <> coalesce(d.taken, 0)""",
                row ->
                        payment(row)
                                + " says that %d is disputed; its disputes say %d"
                                        .formatted(row.getLong(3), row.getLong(4)),
                difference);
        snapshot.each(
                """
                SELECT d.tenant, d.payment, d.dispute, d.status, d.amount, coalesce(m.taken, 0), coalesce(m.charged, 0)
                FROM dispute d LEFT JOIN (
                    SELECT tenant, operation,
                        sum(CASE kind WHEN 'chargeback' THEN amount WHEN 'chargeback_reversal' THEN -amount ELSE 0 END)
                            AS taken,
                        sum(CASE kind WHEN 'chargeback_charge' THEN amount WHEN 'chargeback_return' THEN -amount
                            ELSE 0 END) AS charged
                    FROM posting WHERE kind LIKE 'chargeback%' GROUP BY tenant, operation) m
                    ON m.tenant = d.tenant AND m.operation = d.dispute
                WHERE (coalesce(m.taken, 0), coalesce(m.charged, 0))
                    <> (CASE d.status WHEN 'won' THEN 0 ELSE d.amount END, CASE d.status WHEN 'won' THEN 0 ELSE d.amount END)""",
                row ->
                        "%s: dispute %s of %d is %s; posted are %d taken back and %d charged for it"
                                .formatted(
                                        payment(row),
                                        TypeId.text("dsp", row.getObject(3, UUID.class)),
                                        row.getLong(5),
                                        row.getString(4),
                                        row.getLong(6),
                                        row.getLong(7)),
                difference);
        snapshot.each(
                """
                SELECT tenant, currency, sum(credits - debits) FROM ledger_balance WHERE account = 'disputes'
                GROUP BY tenant, currency HAVING sum(credits - debits) <> 0""",
                row ->
                        "tenant %d in %s: disputes that nobody is charged for: %s"
                                .formatted(row.getLong(1), row.getString(2), row.getString(3)),
                difference);
    }

    /** Files are whole. */
    void files() {
        snapshot.each(
                """
                SELECT f.tenant, f.file, f.size, f.parts, coalesce(p.size, 0), coalesce(p.parts, 0)
                FROM dispute_file f LEFT JOIN (
                    SELECT tenant, file, sum(length(data)) AS size, count(*) AS parts FROM dispute_file_part
                    GROUP BY tenant, file) p ON p.tenant = f.tenant AND p.file = f.file
                WHERE (f.size, f.parts) <> (coalesce(p.size, 0), coalesce(p.parts, 0))""",
                row ->
                        "tenant %d: file %s has %d bytes in %d parts; stored are %d in %d"
                                .formatted(
                                        row.getLong(1),
                                        TypeId.text("dfl", row.getObject(2, UUID.class)),
                                        row.getLong(3),
                                        row.getLong(4),
                                        row.getLong(5),
                                        row.getLong(6)),
                difference);
    }

    /**
     * Gives each bank's change that is read and not booked; those that could not be are
     * differences.
     */
    void waiting(Waiting consumer) {
        snapshot.each(
                "SELECT bank, bank_dispute, seq, coalesce(problem, '') FROM dispute_news ORDER BY bank, seq",
                row -> {
                    consumer.at(row.getString(1), row.getString(2));
                    return row.getString(4).isEmpty()
                            ? ""
                            : "bank %s: its change %d of dispute %s cannot be booked: %s"
                                    .formatted(
                                            row.getString(1),
                                            row.getLong(3),
                                            row.getString(2),
                                            row.getString(4));
                },
                sentence -> {
                    if (!sentence.isEmpty()) {
                        difference.accept(sentence);
                    }
                });
    }

    /** Told of a dispute, by its bank and the bank's name for it. */
    @FunctionalInterface
    interface Waiting {
        void at(String bank, String dispute);
    }

    /** How far a bank's changes are read. */
    record Read(String bank, long seq) {}

    void read(Consumer<Read> consumer) {
        snapshot.each(
                "SELECT bank, seq FROM dispute_feed",
                row -> new Read(row.getString(1), row.getLong(2)),
                consumer);
    }

    /**
     * A dispute, as it has to be compared with the bank's journal.
     *
     * @param taken whether the bank has the money
     * @param updated when it was booked last
     */
    record Known(
            String where,
            String bank,
            String dispute,
            boolean taken,
            long amount,
            String currency,
            Instant updated) {
        /** Whether its bank calls both the same. */
        boolean isCalledAs(Known other) {
            return bank.equals(other.bank) && dispute.equals(other.dispute);
        }
    }

    /** Gives each dispute; those that a bank calls the same one after the other. */
    void each(Consumer<Known> consumer) {
        snapshot.each(
                "SELECT tenant, payment, bank, bank_dispute, status <> 'won', amount, currency, updated_at FROM dispute ORDER BY bank, bank_dispute, round",
                row ->
                        new Known(
                                payment(row),
                                row.getString(3),
                                row.getString(4),
                                row.getBoolean(5),
                                row.getLong(6),
                                row.getString(7),
                                row.getObject(8, OffsetDateTime.class).toInstant()),
                consumer);
    }

    private static String payment(ResultSet row) throws SQLException {
        return "tenant %d, %s"
                .formatted(row.getLong(1), TypeId.text("pay", row.getObject(2, UUID.class)));
    }
}
