package io.oqim.ledger;

import io.oqim.money.Money;
import io.oqim.store.Database;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads of the books. */
final class LedgerStore {
    private static final String DUE =
            "SELECT tenant, payment, operation, amount, currency FROM maturing WHERE due_at <= now() ";

    private final Database database;

    LedgerStore(Database database) {
        this.database = database;
    }

    /** What a tenant is owed in a currency; below zero, what it owes. */
    record Balance(
            String currency, BigDecimal pending, BigDecimal available, BigDecimal reserved) {}

    List<Balance> balances(long tenant) {
        return database.query(
                """
                SELECT currency, sum(CASE account WHEN ? THEN credits - debits ELSE 0 END),
                    sum(CASE account WHEN ? THEN credits - debits ELSE 0 END), sum(reserved)
                FROM ledger_balance WHERE tenant = ? AND account IN (?, ?) GROUP BY currency ORDER BY currency""",
                row ->
                        new Balance(
                                row.getString(1),
                                row.getBigDecimal(2),
                                row.getBigDecimal(3),
                                row.getBigDecimal(4)),
                Accounts.PENDING,
                Accounts.AVAILABLE,
                tenant,
                Accounts.PENDING,
                Accounts.AVAILABLE);
    }

    /** Whether as much is available, and not kept for something else. */
    boolean covers(long tenant, Money amount) {
        return database.first(
                        """
                        SELECT credits - debits - reserved >= ? FROM ledger_balance
                        WHERE tenant = ? AND account = ? AND currency = ?""",
                        row -> row.getBoolean(1),
                        amount.minorUnits(),
                        tenant,
                        Accounts.AVAILABLE,
                        amount.currencyCode())
                .orElse(false);
    }

    /** A posting as it was written. */
    record Entry(UUID id, Posting posting, Instant created) {
        TimeCursor place() {
            return new TimeCursor(created, id);
        }
    }

    /**
     * Which entries are wanted.
     *
     * @param after the last entry of the page before
     */
    record Filter(
            Optional<Instant> createdGte,
            Optional<Instant> createdLt,
            Optional<UUID> payment,
            Optional<TimeCursor> after) {
        Filter after(TimeCursor place) {
            return new Filter(createdGte, createdLt, payment, Optional.of(place));
        }
    }

    /** Oldest first. */
    List<Entry> entries(long tenant, Filter filter, int limit) {
        StringBuilder where = new StringBuilder("WHERE tenant = ?");
        List<Object> parameters = new ArrayList<>(List.of(tenant));
        filter.createdGte()
                .ifPresent(
                        from -> {
                            where.append(" AND created_at >= ?");
                            parameters.add(from.atOffset(ZoneOffset.UTC));
                        });
        filter.createdLt()
                .ifPresent(
                        to -> {
                            where.append(" AND created_at < ?");
                            parameters.add(to.atOffset(ZoneOffset.UTC));
                        });
        filter.payment()
                .ifPresent(
                        payment -> {
                            where.append(
                                    " AND payment = ? AND operation IN"
                                            + " (SELECT operation FROM operation WHERE tenant = ? AND payment = ?"
                                            + " UNION ALL SELECT dispute FROM dispute WHERE tenant = ? AND payment = ?)");
                            parameters.addAll(List.of(payment, tenant, payment, tenant, payment));
                        });
        filter.after()
                .ifPresent(
                        place -> {
                            where.append(" AND (created_at, posting) > (?, ?)");
                            parameters.add(place.time().atOffset(ZoneOffset.UTC));
                            parameters.add(place.id());
                        });
        parameters.add(limit);
        return database.query(
                "SELECT posting, payment, operation, kind, debit, credit, amount, currency, created_at FROM posting "
                        + where
                        + " ORDER BY created_at, posting LIMIT ?",
                LedgerStore::entry,
                parameters.toArray());
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getObject(1, UUID.class),
                new Posting(
                        row.getObject(2, UUID.class),
                        row.getObject(3, UUID.class),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        Money.of(row.getLong(7), row.getString(8))),
                row.getObject(9, OffsetDateTime.class).toInstant());
    }

    /** What was captured and can be had now, the longest due first, of any tenant but these. */
    List<Due> due(Long[] but, int limit) {
        return database.query(
                DUE + "AND tenant <> ALL (?) ORDER BY due_at LIMIT ?",
                LedgerStore::due,
                but,
                limit);
    }

    List<Due> due(long tenant, int limit) {
        return database.query(
                DUE + "AND tenant = ? ORDER BY due_at LIMIT ?", LedgerStore::due, tenant, limit);
    }

    private static Due due(ResultSet row) throws SQLException {
        return new Due(
                row.getLong(1),
                row.getObject(2, UUID.class),
                row.getObject(3, UUID.class),
                Money.of(row.getLong(4), row.getString(5)));
    }

    /** What of a capture becomes available. */
    record Due(long tenant, UUID payment, UUID operation, Money amount) {}
}
