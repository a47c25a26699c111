package io.oqim.payment;

import io.oqim.money.Money;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import io.oqim.vault.Card;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads of payments. */
final class PaymentStore {
    static final String COLUMNS =
            """
            p.tenant, p.payment, p.status, p.amount, p.currency, p.authorized, p.captured, p.refunded, p.voided,
            p.pending_capture, p.pending_void, p.pending_refund, p.pending_increase, p.lost, p.disputed, p.disputed_beyond, p.fee, p.fee_returned, p.capture_method, p.bank, p.card_brand, p.card_first6, p.card_last4,
            p.card_exp_month, p.card_exp_year, p.card_hash, p.token, p.token_saved, p.reference, p.description, p.metadata::text AS metadata,
            p.customer::text AS customer, p.return_url, p.decline::text AS decline, p.failure::text AS failure,
            p.next_action::text AS next_action, p.in_doubt_since, p.in_doubt_by, p.in_doubt_operation, p.review, p.authorized_until,
            p.created_at,
            p.updated_at, p.version, t.mode = 'test' AS test\s""";

    private static final String FROM = " FROM payment p JOIN tenant t ON t.tenant = p.tenant ";

    private final Database database;

    PaymentStore(Database database) {
        this.database = database;
    }

    Optional<Payment> find(long tenant, UUID payment) {
        return database.first(
                "SELECT " + COLUMNS + FROM + "WHERE p.tenant = ? AND p.payment = ?",
                PaymentStore::payment,
                tenant,
                payment);
    }

    /** A payment of which something is to be released, because its time is over. */
    record Overdue(long tenant, Payment payment) {}

    /**
     * Authorizations whose time is over on the database's clock, the longest first, of any tenant
     * but these.
     */
    List<Overdue> overdue(Long[] but, int limit) {
        return database.query(
                "SELECT "
                        + COLUMNS
                        + FROM
                        + """
                        WHERE p.status IN ('authorized', 'partially_captured') AND p.authorized_until <= now()
                            AND p.captured + p.voided + p.lost < p.authorized
                            AND p.pending_capture + p.pending_void + p.pending_increase = 0
                            AND p.tenant <> ALL (?)
                        ORDER BY p.authorized_until LIMIT ?""",
                row -> new Overdue(row.getLong("tenant"), payment(row)),
                but,
                limit);
    }

    /**
     * What a list shows.
     *
     * @param inReview only those that a person has to look at
     * @param before the last payment of the page before
     */
    record Filter(
            Optional<Instant> createdGte,
            Optional<PaymentStatus> status,
            boolean inReview,
            Optional<String> reference,
            Map<String, String> metadata,
            Optional<UUID> before) {}

    /**
     * An id and the time in it were made together, but by another clock before payments took their
     * time from their id.
     */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(1);

    /**
     * Newest first, by the time in the id. A search by metadata looks at the newest {@code scan}
     * payments only.
     */
    List<Payment> list(long tenant, Filter filter, int limit, int scan) {
        StringBuilder where = new StringBuilder("WHERE p.tenant = ?");
        List<Object> parameters = new ArrayList<>(List.of(tenant));
        filter.createdGte()
                .ifPresent(
                        from -> {
                            where.append(" AND p.created_at >= ? AND p.payment >= ?");
                            parameters.add(from.atOffset(java.time.ZoneOffset.UTC));
                            parameters.add(TypeId.first(from.minus(CLOCKS_APART)));
                        });
        filter.status()
                .ifPresent(
                        status -> {
                            where.append(" AND p.status = ?");
                            parameters.add(status.text());
                        });
        if (filter.inReview()) {
            where.append(" AND p.review = 'pending'");
        }
        filter.reference()
                .ifPresent(
                        reference -> {
                            where.append(" AND p.reference = ?");
                            parameters.add(reference);
                        });
        filter.before()
                .ifPresent(
                        place -> {
                            where.append(" AND p.payment < ?");
                            parameters.add(place);
                        });
        String order = " ORDER BY p.payment DESC LIMIT ?";
        if (filter.metadata().isEmpty()) {
            parameters.add(limit);
            return database.query(
                    "SELECT " + COLUMNS + FROM + where + order,
                    PaymentStore::payment,
                    parameters.toArray());
        }
        parameters.add(scan);
        parameters.add(PaymentColumns.metadata(filter.metadata()));
        parameters.add(limit);
        return database.query(
                "SELECT "
                        + COLUMNS
                        + " FROM (SELECT p.* FROM payment p "
                        + where
                        + order
                        + ") p"
                        + " JOIN tenant t ON t.tenant = p.tenant WHERE p.metadata @> ?::jsonb"
                        + order,
                PaymentStore::payment,
                parameters.toArray());
    }

    /** A page of a tenant's payments, in the order of making. */
    List<Payment> following(long tenant, UUID after, int limit) {
        return database.query(
                "SELECT "
                        + COLUMNS
                        + FROM
                        + "WHERE p.tenant = ? AND p.payment > ? ORDER BY p.payment LIMIT ?",
                PaymentStore::payment,
                tenant,
                after,
                limit);
    }

    static Payment payment(ResultSet row) throws SQLException {
        Money amount = Money.of(row.getLong("amount"), row.getString("currency"));
        return new Payment(
                row.getObject("payment", UUID.class),
                PaymentStatus.parse(row.getString("status")),
                amount,
                amounts(row),
                CaptureMethod.parse(row.getString("capture_method")),
                row.getString("bank"),
                instrument(row),
                new Details(
                        Optional.ofNullable(row.getString("reference")),
                        Optional.ofNullable(row.getString("description")),
                        PaymentColumns.metadata(row.getString("metadata")),
                        PaymentColumns.customer(row.getString("customer")),
                        Optional.ofNullable(row.getString("return_url"))),
                outcome(row),
                Optional.ofNullable(row.getString("review")).map(Review::parse),
                optionalTime(row, "authorized_until"),
                row.getBoolean("test"),
                time(row, "created_at"),
                time(row, "updated_at"),
                row.getLong("version"));
    }

    private static Instrument instrument(ResultSet row) throws SQLException {
        byte[] hash = row.getBytes("card_hash");
        String brand = row.getString("card_brand");
        return brand == null
                ? new Instrument.OfBank(hash)
                : new Instrument.OfCard(
                        new Card(
                                brand,
                                row.getString("card_first6"),
                                row.getString("card_last4"),
                                row.getInt("card_exp_month"),
                                row.getInt("card_exp_year"),
                                hash),
                        Optional.ofNullable(row.getObject("token", UUID.class)),
                        row.getBoolean("token_saved"));
    }

    private static Amounts amounts(ResultSet row) throws SQLException {
        return new Amounts(
                row.getLong("authorized"),
                row.getLong("captured"),
                row.getLong("refunded"),
                row.getLong("voided"),
                new Amounts.Kept(
                        row.getLong("pending_capture"),
                        row.getLong("pending_void"),
                        row.getLong("pending_refund"),
                        row.getLong("pending_increase")),
                row.getLong("lost"),
                new Amounts.Disputed(row.getLong("disputed"), row.getLong("disputed_beyond")),
                new Amounts.Fees(row.getLong("fee"), row.getLong("fee_returned")));
    }

    private static Payment.Outcome outcome(ResultSet row) throws SQLException {
        @Nullable OffsetDateTime since = row.getObject("in_doubt_since", OffsetDateTime.class);
        Optional<InDoubt> doubt =
                since == null
                        ? Optional.empty()
                        : Optional.of(
                                new InDoubt(
                                        since.toInstant(),
                                        time(row, "in_doubt_by"),
                                        row.getObject("in_doubt_operation", UUID.class)));
        return new Payment.Outcome(
                Optional.ofNullable(row.getString("decline")).map(PaymentColumns::decline),
                Optional.ofNullable(row.getString("failure")).map(PaymentColumns::failure),
                Optional.ofNullable(row.getString("next_action")).map(PaymentColumns::redirectUrl),
                doubt);
    }

    private static Optional<Instant> optionalTime(ResultSet row, String column)
            throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
