package io.oqim;

import io.oqim.crypto.Hashes;
import io.oqim.event.EventSequencer;
import io.oqim.store.Database;
import io.oqim.store.Snapshot;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;

/** The audit's reads: what a snapshot of the database says against itself. */
final class AuditStore {
    private final Snapshot snapshot;
    private final Consumer<String> difference;

    /**
     * @param difference told of each one, in a sentence
     */
    AuditStore(Snapshot snapshot, Consumer<String> difference) {
        this.snapshot = snapshot;
        this.difference = difference;
    }

    /** What time it is for the database, whose clock wrote the times it is compared with. */
    static Instant now(Database database) {
        return database.first(
                        "SELECT clock_timestamp()",
                        row -> row.getObject(1, OffsetDateTime.class).toInstant())
                .orElseThrow();
    }

    /** Amounts of payments are those of their operations, done and under way. */
    void payments() {
        snapshot.each(
                """
                SELECT p.tenant, p.payment, p.authorized, p.captured, p.voided, p.refunded, p.pending_capture,
                    p.pending_void, p.pending_refund, p.pending_increase, coalesce(o.authorized, 0),
                    coalesce(o.captured, 0), coalesce(o.voided, 0), coalesce(o.refunded, 0),
                    coalesce(o.capturing, 0), coalesce(o.releasing, 0), coalesce(o.refunding, 0),
                    coalesce(o.increasing, 0)
                FROM payment p LEFT JOIN (
                    SELECT tenant, payment,
                        sum(CASE WHEN kind IN ('authorize', 'sale') THEN amount ELSE amount - before END)
                            FILTER (WHERE done AND kind IN ('authorize', 'sale', 'adjust')) AS authorized,
                        sum(amount) FILTER (WHERE done AND kind IN ('capture', 'sale')) AS captured,
                        sum(amount) FILTER (WHERE done AND kind = 'void') AS voided,
                        sum(amount) FILTER (WHERE done AND kind = 'refund') AS refunded,
                        sum(amount) FILTER (WHERE kept AND kind = 'capture') AS capturing,
                        sum(CASE kind WHEN 'void' THEN amount WHEN 'capture' THEN releases
                            WHEN 'adjust' THEN greatest(before - amount, 0) ELSE 0 END)
                            FILTER (WHERE kept) AS releasing,
                        sum(amount) FILTER (WHERE kept AND kind = 'refund') AS refunding,
                        sum(greatest(amount - before, 0)) FILTER (WHERE kept AND kind = 'adjust') AS increasing
                    FROM (SELECT tenant, payment, kind, amount, before, releases, status = 'succeeded' AS done,
                            status IN ('processing', 'in_doubt') AS kept
                        FROM operation o WHERE cause <> 'late_approval') k
                    GROUP BY tenant, payment) o ON o.tenant = p.tenant AND o.payment = p.payment
                WHERE (p.authorized, p.captured, p.voided, p.refunded, p.pending_capture, p.pending_void,
                        p.pending_refund, p.pending_increase)
                    <> (coalesce(o.authorized, 0), coalesce(o.captured, 0), coalesce(o.voided, 0),
                        coalesce(o.refunded, 0), coalesce(o.capturing, 0), coalesce(o.releasing, 0),
                        coalesce(o.refunding, 0), coalesce(o.increasing, 0))""",
                row ->
                        payment(row)
                                + " says that "
                                + amounts(row, 3)
                                + "; its operations say "
                                + amounts(row, 11),
                difference);
    }

    /** An operation succeeded if an attempt was approved, and is open only while one is. */
    void operations() {
        snapshot.each(
                """
                SELECT o.tenant, o.payment, o.kind, o.operation, o.status, coalesce(a.states, 'no attempt')
                FROM operation o LEFT JOIN (
                    SELECT tenant, operation, string_agg(state, ', ' ORDER BY number) AS states,
                        bool_or(state = 'approved') AS approved, bool_or(next_check_at IS NOT NULL AND state NOT IN ('declined', 'rejected', 'reversed'))
                            AS open
                    FROM attempt GROUP BY tenant, operation) a
                    ON a.tenant = o.tenant AND a.operation = o.operation
                WHERE (o.status = 'succeeded') <> coalesce(a.approved, false)
                    OR (o.status IN ('processing', 'requires_action', 'in_doubt')) <> coalesce(a.open, false)""",
                row ->
                        "%s: %s %s is %s; its attempts are %s"
                                .formatted(
                                        payment(row),
                                        row.getString(3),
                                        io.oqim.store.TypeId.text(
                                                "op", row.getObject(4, UUID.class)),
                                        row.getString(5),
                                        row.getString(6)),
                difference);
    }

    private static String amounts(ResultSet row, int from) throws SQLException {
        return "authorized %d, captured %d, voided %d, refunded %d, kept %d to capture, %d to release, %d to refund, %d to hold more"
                .formatted(
                        row.getLong(from),
                        row.getLong(from + 1),
                        row.getLong(from + 2),
                        row.getLong(from + 3),
                        row.getLong(from + 4),
                        row.getLong(from + 5),
                        row.getLong(from + 6),
                        row.getLong(from + 7));
    }

    /** What is posted is what was captured and refunded, and balances are the sums of postings. */
    void ledger() {
        snapshot.each(
                """
                SELECT p.tenant, p.payment, p.captured, p.refunded, p.fee, p.fee_returned, coalesce(o.captured, 0),
                    coalesce(o.refunded, 0), coalesce(o.fee, 0), coalesce(o.fee_returned, 0)
                FROM payment p LEFT JOIN (
                    SELECT tenant, payment, sum(amount) FILTER (WHERE kind = 'capture') AS captured,
                        sum(amount) FILTER (WHERE kind = 'refund') AS refunded,
                        sum(amount) FILTER (WHERE kind = 'fee') AS fee,
                        sum(amount) FILTER (WHERE kind = 'fee_return') AS fee_returned
                    FROM posting GROUP BY tenant, payment) o ON o.tenant = p.tenant AND o.payment = p.payment
                WHERE (p.captured, p.refunded, p.fee, p.fee_returned)
                    <> (coalesce(o.captured, 0), coalesce(o.refunded, 0), coalesce(o.fee, 0),
                        coalesce(o.fee_returned, 0))""",
                row ->
                        payment(row)
                                + " has captured %d, refunded %d, and fees of %d and %d back; posted are %d, %d, %d and %d"
                                        .formatted(
                                                row.getLong(3),
                                                row.getLong(4),
                                                row.getLong(5),
                                                row.getLong(6),
                                                row.getLong(7),
                                                row.getLong(8),
                                                row.getLong(9),
                                                row.getLong(10)),
                difference);
        snapshot.each(
                """
                SELECT tenant, currency, coalesce(b.pending, 0), coalesce(m.maturing, 0), coalesce(b.refunds, 0)
                FROM (SELECT tenant, currency,
                        sum(credits - debits) FILTER (WHERE account = 'merchant:payable:pending') AS pending,
                        sum(credits - debits) FILTER (WHERE account = 'refunds') AS refunds
                    FROM ledger_balance GROUP BY tenant, currency) b
                FULL JOIN (SELECT tenant, currency, sum(amount) AS maturing FROM maturing GROUP BY tenant, currency) m
                    USING (tenant, currency)
                WHERE coalesce(b.pending, 0) <> coalesce(m.maturing, 0) OR coalesce(b.refunds, 0) <> 0""",
                row ->
                        "tenant %d in %s: %s is pending and %s becomes available; refunds that nobody is charged for: %s"
                                .formatted(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5)),
                difference);
        snapshot.each(
                """
                SELECT tenant, payment, p.owed, p.available, coalesce(m.maturing, 0)
                FROM (SELECT tenant, payment,
                        sum(CASE WHEN credit = 'merchant:payable:pending' THEN amount
                            WHEN debit = 'merchant:payable:pending' AND kind <> 'available' THEN -amount ELSE 0 END)
                            AS owed,
                        sum(CASE kind WHEN 'available' THEN amount ELSE 0 END) AS available
                    FROM posting GROUP BY tenant, payment) p
                LEFT JOIN (SELECT tenant, payment, sum(amount) AS maturing FROM maturing
                    GROUP BY tenant, payment) m USING (tenant, payment)
                WHERE p.owed <> p.available + coalesce(m.maturing, 0)""",
                row ->
                        "%s: its captures leave %d; available are %d, and %d will be"
                                .formatted(
                                        payment(row),
                                        row.getLong(3),
                                        row.getLong(4),
                                        row.getLong(5)),
                difference);
        snapshot.each(
                """
                SELECT p.tenant, p.payment, p.lost, coalesce(l.late, 0) FROM payment p LEFT JOIN (
                    SELECT l.tenant, l.payment, sum(l.amount) AS late FROM posting l
                    JOIN operation o ON o.tenant = l.tenant AND o.operation = l.operation AND o.kind = 'capture'
                    WHERE l.kind = 'late_approval' GROUP BY l.tenant, l.payment) l
                    ON l.tenant = p.tenant AND l.payment = p.payment
                WHERE p.lost > coalesce(l.late, 0)""",
                row ->
                        "%s: late captures are said to have used up %d, but were of %d"
                                .formatted(payment(row), row.getLong(3), row.getLong(4)),
                difference);
        snapshot.each(
                """
                SELECT tenant, currency, coalesce(b.suspense, 0), coalesce(o.late, 0)
                FROM (SELECT tenant, currency, sum(credits - debits) AS suspense FROM ledger_balance
                    WHERE account = 'suspense' GROUP BY tenant, currency) b
                FULL JOIN (SELECT tenant, currency, sum(amount) AS late FROM operation
                    WHERE cause = 'late_approval' AND kind = 'refund' AND status IN ('processing', 'in_doubt')
                    GROUP BY tenant, currency) o USING (tenant, currency)
                WHERE coalesce(b.suspense, 0) <> coalesce(o.late, 0)""",
                row ->
                        "tenant %d in %s: %s is in suspense, and %s is being given back"
                                .formatted(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4)),
                difference);
        snapshot.each(
                """
                SELECT tenant, currency, coalesce(b.reserved, 0), coalesce(o.reserved, 0)
                FROM (SELECT tenant, currency, sum(reserved) AS reserved FROM ledger_balance
                    GROUP BY tenant, currency) b
                FULL JOIN (SELECT tenant, currency, sum(amount) AS reserved FROM operation
                    WHERE from_balance AND status IN ('processing', 'in_doubt') GROUP BY tenant, currency) o
                    USING (tenant, currency)
                WHERE coalesce(b.reserved, 0) <> coalesce(o.reserved, 0)""",
                row ->
                        "tenant %d in %s: %s of the balance is kept; refunds under way need %s"
                                .formatted(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4)),
                difference);
        snapshot.each(
                """
                SELECT tenant, account, currency, coalesce(b.debits, 0), coalesce(b.credits, 0),
                    coalesce(p.debits, 0), coalesce(p.credits, 0)
                FROM ledger_balance b FULL JOIN (
                    SELECT tenant, account, currency, sum(debit) AS debits, sum(credit) AS credits
                    FROM (SELECT tenant, debit AS account, currency, amount AS debit, 0 AS credit FROM posting
                        UNION ALL
                        SELECT tenant, credit, currency, 0, amount FROM posting) m
                    GROUP BY tenant, account, currency) p USING (tenant, account, currency)
                WHERE (coalesce(b.debits, 0), coalesce(b.credits, 0))
                    <> (coalesce(p.debits, 0), coalesce(p.credits, 0))""",
                row ->
                        "tenant %d, account %s in %s: its balance has debits %s and credits %s; its postings %s and %s"
                                .formatted(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5),
                                        row.getString(6),
                                        row.getString(7)),
                difference);
    }

    private record Link(
            long tenant, long seq, Instant created, byte[] body, byte[] previous, byte[] hash) {}

    /** The log of each tenant: no gap, each entry chained to the one before, up to its head. */
    void log() {
        Chain chain = new Chain(difference);
        snapshot.each(
                """
                SELECT h.tenant, e.seq, e.created, e.body, e.prev_hash, e.hash FROM tenant_head h
                JOIN event e ON e.tenant = h.tenant ORDER BY h.tenant, e.seq""",
                row ->
                        new Link(
                                row.getLong(1),
                                row.getLong(2),
                                row.getObject(3, OffsetDateTime.class).toInstant(),
                                row.getBytes(4),
                                row.getBytes(5),
                                row.getBytes(6)),
                chain::add);
        snapshot.each(
                """
                SELECT h.tenant, h.seq, l.seq FROM tenant_head h LEFT JOIN LATERAL (
                    SELECT seq, hash FROM event e WHERE e.tenant = h.tenant ORDER BY seq DESC LIMIT 1) l ON true
                WHERE h.seq <> coalesce(l.seq, 0) OR (l.seq IS NOT NULL AND h.hash <> l.hash)""",
                row ->
                        "tenant %d: the log's head is %d, its last event %s"
                                .formatted(row.getLong(1), row.getLong(2), row.getString(3)),
                difference);
    }

    /** Walks the logs, one after the other. */
    private static final class Chain {
        private final EventSequencer sequencer = new EventSequencer();
        private final Consumer<String> difference;
        private long tenant = -1;
        private long seq;
        private byte[] hash = new byte[32];
        private Instant created = Instant.MIN;

        Chain(Consumer<String> difference) {
            this.difference = difference;
        }

        void add(Link link) {
            String here = "tenant " + link.tenant() + ", event " + link.seq();
            if (link.tenant() != tenant) {
                // Events may have been removed at the old end, so the first one is taken as it is.
                tenant = link.tenant();
                seq = link.seq() - 1;
                hash = seq == 0 ? new byte[32] : link.previous();
                created = Instant.MIN;
            }
            if (link.seq() != seq + 1) {
                difference.accept(here + " comes after " + seq);
            }
            if (!Arrays.equals(link.previous(), hash)) {
                difference.accept(here + " is not chained to the one before");
            }
            byte[] right =
                    sequencer.link(
                            link.previous(),
                            link.seq(),
                            link.created(),
                            Hashes.sha256(link.body()));
            if (!Arrays.equals(link.hash(), right)) {
                difference.accept(here + " does not have the hash of what it says");
            }
            if (link.created().isBefore(created)) {
                difference.accept(here + " is older than the one before");
            }
            seq = link.seq();
            hash = link.hash();
            created = link.created();
        }
    }

    /**
     * An attempt, as it has to be compared with the bank's journal.
     *
     * @param open nothing can be said of it yet
     * @param byHand a person has said what became of it
     */
    record Sent(
            String where,
            String bank,
            String reference,
            String kind,
            String state,
            long amount,
            String currency,
            boolean open,
            boolean byHand) {}

    /**
     * Gives each attempt.
     *
     * @param since what changed after this moment may not be in the bank's journal that was read
     */
    void attempts(Instant since, Consumer<Sent> consumer) {
        snapshot.each(
                """
                SELECT a.tenant, a.payment, a.bank, a.reference,
                    CASE WHEN o.kind <> 'adjust' THEN o.kind WHEN o.amount > o.before THEN 'increase'
                        ELSE 'decrease' END,
                    a.state, coalesce((SELECT l.amount FROM posting l WHERE l.tenant = a.tenant
                            AND l.operation = a.operation AND l.kind = 'late_approval'),
                        CASE o.kind WHEN 'adjust' THEN abs(o.amount - o.before) ELSE o.amount END), o.currency,
                    a.next_check_at IS NOT NULL, a.updated_at,
                    EXISTS (SELECT FROM evidence e WHERE e.tenant = a.tenant AND e.operation = a.operation
                        AND e.number = a.number AND jsonb_exists(e.said, 'settled_by_hand'))
                FROM attempt a JOIN operation o ON o.tenant = a.tenant AND o.operation = a.operation""",
                row ->
                        new Sent(
                                payment(row),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getLong(7),
                                row.getString(8),
                                row.getBoolean(9)
                                        || row.getObject(10, OffsetDateTime.class)
                                                .toInstant()
                                                .isAfter(since),
                                row.getBoolean(11)),
                consumer);
    }

    private static String payment(ResultSet row) throws SQLException {
        return "tenant %d, %s"
                .formatted(
                        row.getLong(1),
                        io.oqim.store.TypeId.text("pay", row.getObject(2, UUID.class)));
    }
}
