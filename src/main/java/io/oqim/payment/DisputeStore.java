package io.oqim.payment;

import io.oqim.bank.DisputeNews;
import io.oqim.money.Money;
import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Reads of disputes and their files, and the work that is due on them. */
final class DisputeStore {
    private static final String COLUMNS =
            """
            d.tenant, d.dispute, d.payment, d.operation, d.bank, d.bank_dispute, d.round, d.bank_seq, d.status, d.expired,
            d.amount, d.currency, d.reason, d.respond_by, d.response::text AS response, d.created_at, d.updated_at,
            d.version\s""";

    private static final String SELECT = "SELECT " + COLUMNS + "FROM dispute d ";

    private static final String FILES =
            """
            SELECT f.file, f.dispute, f.name, f.type, f.size, f.parts, f.sha256, f.created_at
            FROM dispute_file f\s""";

    private final Database database;

    DisputeStore(Database database) {
        this.database = database;
    }

    Optional<Dispute> find(long tenant, UUID dispute) {
        return database.first(
                SELECT + "WHERE d.tenant = ? AND d.dispute = ?",
                DisputeStore::dispute,
                tenant,
                dispute);
    }

    /** The last one that a bank calls so, whosever it is. */
    Optional<Owned> named(String bank, String name) {
        return database.first(
                SELECT + "WHERE d.bank = ? AND d.bank_dispute = ? ORDER BY d.round DESC LIMIT 1",
                DisputeStore::owned,
                bank,
                name);
    }

    /** What disputes have taken of an operation that are not won. */
    long taken(long tenant, UUID payment, UUID operation) {
        return database.first(
                        """
                        SELECT coalesce(sum(amount), 0) FROM dispute
                        WHERE tenant = ? AND payment = ? AND operation = ? AND status <> 'won'""",
                        row -> row.getLong(1),
                        tenant,
                        payment,
                        operation)
                .orElse(0L);
    }

    /**
     * What a list shows.
     *
     * @param before the last dispute of the page before
     */
    record Filter(
            Optional<DisputeNews.Standing> standing,
            Optional<UUID> payment,
            Optional<UUID> before) {}

    /** Newest first. */
    List<Dispute> list(long tenant, Filter filter, int limit) {
        StringBuilder where = new StringBuilder("WHERE d.tenant = ?");
        List<Object> parameters = new ArrayList<>(List.of(tenant));
        filter.standing()
                .ifPresent(
                        standing -> {
                            where.append(" AND d.status = ?");
                            parameters.add(Dispute.text(standing));
                        });
        filter.payment()
                .ifPresent(
                        payment -> {
                            where.append(" AND d.payment = ?");
                            parameters.add(payment);
                        });
        filter.before()
                .ifPresent(
                        place -> {
                            where.append(" AND d.dispute < ?");
                            parameters.add(place);
                        });
        parameters.add(limit);
        return database.query(
                SELECT + where + " ORDER BY d.dispute DESC LIMIT ?",
                DisputeStore::dispute,
                parameters.toArray());
    }

    /** A dispute, and whose it is. */
    record Owned(long tenant, Dispute dispute) {}

    /** Those that nobody has responded to in time, on the database's clock. */
    List<Owned> overdue(int limit) {
        return database.query(
                SELECT
                        + """
                        WHERE d.status = 'needs_response' AND d.respond_by <= now() AND d.next_send_at IS NULL
                            AND coalesce(d.response ->> 'delivery', 'refused') = 'refused'
                        ORDER BY d.respond_by LIMIT ?""",
                DisputeStore::owned,
                limit);
    }

    /**
     * A response that is to be sent to its bank.
     *
     * @param times how often it was taken to be sent, this time included
     */
    record Sending(Owned owned, Dispute.Response response, int times) {
        Dispute dispute() {
            return owned.dispute();
        }

        long tenant() {
            return owned.tenant();
        }
    }

    /**
     * Takes responses that are to be sent to a bank, those that have to be there first first:
     * nobody else does for as long as the lease. Not through the journal: nothing that callers see
     * changes.
     */
    List<Sending> take(String bank, int limit, Duration lease) {
        return database.query(
                """
                WITH due AS (
                    SELECT tenant, dispute FROM dispute WHERE next_send_at <= now() AND bank = ?
                    ORDER BY respond_by LIMIT ? FOR UPDATE SKIP LOCKED)
                UPDATE dispute d SET next_send_at = now() + make_interval(secs => ?), sends = d.sends + 1
                FROM due WHERE d.tenant = due.tenant AND d.dispute = due.dispute
                RETURNING d.sends,\s"""
                        + COLUMNS,
                row -> {
                    Owned owned = owned(row);
                    return new Sending(
                            owned, owned.dispute().response().orElseThrow(), row.getInt("sends"));
                },
                bank,
                limit,
                lease.toMillis() / 1000.0);
    }

    /** It is sent again then, unless its bank has said something meanwhile. */
    void sendAgain(Sending sending, Duration in) {
        int ignored =
                database.execute(
                        """
                        UPDATE dispute SET next_send_at = now() + make_interval(secs => ?)
                        WHERE tenant = ? AND dispute = ? AND next_send_at IS NOT NULL AND response ->> 'id' = ?""",
                        in.toMillis() / 1000.0,
                        sending.tenant(),
                        sending.dispute().id(),
                        sending.response().id().toString());
    }

    /**
     * Responses that no bank has: sent a few times, or left lying, as when their bank is not
     * configured any more; more than 10,000 are not counted.
     */
    long unsent() {
        return database.first(
                        """
                        SELECT count(*) FROM (SELECT 1 FROM dispute WHERE next_send_at IS NOT NULL
                            AND (sends > 3 OR next_send_at < now() - interval '10 minutes') LIMIT 10000) s""",
                        row -> row.getLong(1))
                .orElse(0L);
    }

    /** In the order in which they came. */
    List<DisputeFile> files(long tenant, UUID dispute) {
        return database.query(
                FILES + "WHERE f.tenant = ? AND f.dispute = ? ORDER BY f.file",
                DisputeStore::file,
                tenant,
                dispute);
    }

    Optional<byte[]> part(long tenant, UUID file, int number) {
        return database.first(
                "SELECT data FROM dispute_file_part WHERE tenant = ? AND file = ? AND number = ?",
                row -> row.getBytes(1),
                tenant,
                file,
                number);
    }

    private static Owned owned(ResultSet row) throws SQLException {
        return new Owned(row.getLong("tenant"), dispute(row));
    }

    private static Dispute dispute(ResultSet row) throws SQLException {
        return new Dispute(
                row.getObject("dispute", UUID.class),
                row.getObject("payment", UUID.class),
                row.getObject("operation", UUID.class),
                new Dispute.Source(
                        row.getString("bank"),
                        row.getString("bank_dispute"),
                        row.getInt("round"),
                        row.getLong("bank_seq")),
                standing(row.getString("status")),
                row.getBoolean("expired"),
                Money.of(row.getLong("amount"), row.getString("currency")),
                row.getString("reason"),
                PaymentStore.time(row, "respond_by"),
                Optional.ofNullable(row.getString("response")).map(DisputeJson::response),
                PaymentStore.time(row, "created_at"),
                PaymentStore.time(row, "updated_at"),
                row.getLong("version"));
    }

    static DisputeNews.Standing standing(String text) {
        return DisputeNews.Standing.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static DisputeFile file(ResultSet row) throws SQLException {
        return new DisputeFile(
                row.getObject("file", UUID.class),
                row.getObject("dispute", UUID.class),
                row.getString("name"),
                DisputeFile.Type.of(row.getString("type")).orElseThrow(),
                row.getLong("size"),
                row.getInt("parts"),
                row.getBytes("sha256"),
                PaymentStore.time(row, "created_at"));
    }
}
