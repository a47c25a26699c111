package io.oqim.payment;

import io.oqim.bank.DisputeNews;
import io.oqim.money.Money;
import io.oqim.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;

/**
 * How far banks' changes of disputes are read, and those that are read and not booked. They belong
 * to banks, not to tenants, so they are not the journal's.
 */
final class DisputeNewsStore {
    private final Database database;

    DisputeNewsStore(Database database) {
        this.database = database;
    }

    /** Banks whose changes are to be read. */
    void know(List<String> banks) {
        for (String bank : banks) {
            int ignored =
                    database.execute(
                            "INSERT INTO dispute_feed (tenant, bank) VALUES (0, ?) ON CONFLICT DO NOTHING",
                            bank);
        }
    }

    /**
     * Takes a bank whose time has come: nobody else does for as long as the lease, unless a hint
     * comes meanwhile; what two read is kept and booked once.
     *
     * @return the last change that is read; nothing when its time has not come
     */
    OptionalLong take(String bank, Duration lease) {
        return database.first(
                        """
                        UPDATE dispute_feed SET next_at = now() + make_interval(secs => ?), looked_at = now()
                        WHERE tenant = 0 AND bank = ? AND next_at <= now() RETURNING seq""",
                        row -> OptionalLong.of(row.getLong(1)),
                        lease.toMillis() / 1000.0,
                        bank)
                .orElse(OptionalLong.empty());
    }

    /** It is asked again then, or sooner when somebody has told of news meanwhile. */
    void done(String bank, Duration next, Duration lease) {
        int ignored =
                database.execute(
                        """
                        UPDATE dispute_feed SET next_at = now() + make_interval(secs => ?)
                        WHERE tenant = 0 AND bank = ? AND next_at >= looked_at + make_interval(secs => ?)""",
                        next.toMillis() / 1000.0,
                        bank,
                        lease.toMillis() / 1000.0);
    }

    /** All that the bank had has been read. */
    void readAll(String bank) {
        int ignored =
                database.execute(
                        "UPDATE dispute_feed SET read_at = now() WHERE tenant = 0 AND bank = ?",
                        bank);
    }

    /** How long ago, in seconds, all that these banks had was last read, the longest. */
    long unreadSeconds(List<String> banks) {
        return database.first(
                        """
                        SELECT coalesce(max(extract(epoch FROM now() - read_at)), 0)::bigint FROM dispute_feed
                        WHERE tenant = 0 AND bank = ANY (?)""",
                        row -> row.getLong(1),
                        (Object) banks.toArray(String[]::new))
                .orElse(0L);
    }

    /** There may be news: it is asked as soon as the pause since the last time is over. */
    void hinted(String bank, Duration pause) {
        int ignored =
                database.execute(
                        """
                        UPDATE dispute_feed SET next_at = greatest(now(), looked_at + make_interval(secs => ?))
                        WHERE tenant = 0 AND bank = ? AND next_at > greatest(now(), looked_at + make_interval(secs => ?))""",
                        pause.toMillis() / 1000.0,
                        bank,
                        pause.toMillis() / 1000.0);
    }

    /** Keeps what was read, and how far, together. What is kept already stays as it is. */
    void keep(String bank, List<DisputeNews> news) {
        if (news.isEmpty()) {
            return;
        }
        int ignored =
                database.inTransaction(
                        connection -> {
                            insert(connection, bank, news);
                            return advance(connection, bank, news.getLast().seq());
                        });
    }

    private static void insert(Connection connection, String bank, List<DisputeNews> news)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO dispute_news (tenant, bank, seq, bank_dispute, reference, status, amount, currency,
                            reason, respond_by)
                        VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""")) {
            for (DisputeNews one : news) {
                insert.setString(1, bank);
                insert.setLong(2, one.seq());
                insert.setString(3, one.dispute());
                insert.setString(4, one.reference());
                insert.setString(5, Dispute.text(one.standing()));
                insert.setLong(6, one.amount().minorUnits());
                insert.setString(7, one.amount().currencyCode());
                insert.setString(8, one.reason());
                insert.setObject(9, one.respondBy().atOffset(ZoneOffset.UTC));
                insert.addBatch();
            }
            int[] ignored = insert.executeBatch();
        }
    }

    private static int advance(Connection connection, String bank, long seq) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE dispute_feed SET seq = greatest(seq, ?) WHERE tenant = 0 AND bank = ?")) {
            update.setLong(1, seq);
            update.setString(2, bank);
            return update.executeUpdate();
        }
    }

    /** Some that are not booked, after this one, in the bank's order. */
    List<DisputeNews> waiting(String bank, long after, int limit) {
        return database.query(
                """
                SELECT n.seq, n.bank_dispute, n.reference, n.status, n.amount, n.currency, n.reason, n.respond_by
                FROM dispute_news n WHERE n.tenant = 0 AND n.bank = ? AND n.seq > ? ORDER BY n.seq LIMIT ?""",
                DisputeNewsStore::news,
                bank,
                after,
                limit);
    }

    private static DisputeNews news(ResultSet row) throws SQLException {
        return new DisputeNews(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                DisputeStore.standing(row.getString(4)),
                Money.of(row.getLong(5), row.getString(6)),
                row.getString(7),
                row.getObject(8, OffsetDateTime.class).toInstant());
    }

    /** It is booked. */
    void booked(String bank, long seq) {
        int ignored =
                database.execute(
                        "DELETE FROM dispute_news WHERE tenant = 0 AND bank = ? AND seq = ?",
                        bank,
                        seq);
    }

    /**
     * It could not be booked.
     *
     * @return false when that was said before
     */
    boolean problem(String bank, long seq, String why) {
        return database.execute(
                        """
                        UPDATE dispute_news SET problem = ?
                        WHERE tenant = 0 AND bank = ? AND seq = ? AND problem IS DISTINCT FROM ?""",
                        why,
                        bank,
                        seq,
                        why)
                > 0;
    }

    /** How many could not be booked; more than 10,000 are not counted. */
    long problems() {
        return database.first(
                        "SELECT count(*) FROM (SELECT 1 FROM dispute_news WHERE problem IS NOT NULL LIMIT 10000) n",
                        row -> row.getLong(1))
                .orElse(0L);
    }

    /** Which tenants have an attempt of this reference at a bank: one, if the bank is right. */
    List<Long> tenants(String bank, String reference) {
        return database.query(
                "SELECT a.tenant FROM attempt a WHERE a.reference = ? AND a.bank = ? LIMIT 2",
                row -> row.getLong(1),
                reference,
                bank);
    }
}
