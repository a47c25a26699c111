package io.oqim.vault;

import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The table token. */
final class TokenStore {
    private static final String COLUMNS =
            "t.token, t.status, t.brand, t.first6, t.last4, t.exp_month, t.exp_year, t.card_hash, t.customer,"
                    + " t.payment, t.created_at";

    /** A process that knows nothing of cards ends a payment without deciding its card. */
    static final List<String> UPKEEP =
            List.of(
                    "UPDATE token t SET status = 'active' FROM payment p WHERE t.status = 'pending'"
                            + " AND p.tenant = t.tenant AND p.payment = t.payment AND p.authorized > 0",
                    "DELETE FROM token t USING payment p WHERE t.status = 'pending'"
                            + " AND p.tenant = t.tenant AND p.payment = t.payment AND p.authorized = 0"
                            + " AND p.status IN ('declined', 'failed', 'canceled', 'expired')");

    private final Database database;

    TokenStore(Database database) {
        this.database = database;
    }

    /** A card's number as it is kept. */
    record Sealed(UUID token, UUID dataKey, byte[] bytes) {}

    /** A token with what is sealed in it, and the key to that. */
    record Whole(Token token, byte[] sealed, DataKeyStore.Kept key) {}

    /** False when its data key has been forgotten meanwhile. */
    boolean add(long tenant, Token token, Sealed sealed) {
        try {
            Card card = token.card();
            int ignored =
                    database.execute(
                            """
                            INSERT INTO token (tenant, token, status, data_key, sealed, brand, first6, last4,
                                exp_month, exp_year, card_hash, customer, created_at)
                            VALUES (?, ?, 'active', ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?)""",
                            tenant,
                            token.id(),
                            sealed.dataKey(),
                            sealed.bytes(),
                            card.brand(),
                            card.first6(),
                            card.last4(),
                            card.expMonth(),
                            card.expYear(),
                            card.hash(),
                            token.customer().orElse(""),
                            token.created().atOffset(ZoneOffset.UTC));
            return true;
        } catch (StoreException e) {
            if ("token_data_key".equals(e.constraint())) {
                return false;
            }
            throw e;
        }
    }

    Optional<Token> find(long tenant, UUID token) {
        return database.first(
                "SELECT " + COLUMNS + " FROM token t WHERE t.tenant = ? AND t.token = ?",
                TokenStore::token,
                tenant,
                token);
    }

    Optional<Whole> whole(long tenant, UUID token) {
        return database.first(
                "SELECT "
                        + COLUMNS
                        + ", t.sealed, d.tenant, d.data_key, d.kek, d.wrapped FROM token t"
                        + " JOIN data_key d ON d.tenant = t.tenant AND d.data_key = t.data_key"
                        + " WHERE t.tenant = ? AND t.token = ?",
                row -> new Whole(token(row), row.getBytes("sealed"), DataKeyStore.kept(row)),
                tenant,
                token);
    }

    /** A customer's, in the order of making. */
    List<Token> list(long tenant, String customer, UUID after, int limit) {
        return database.query(
                "SELECT "
                        + COLUMNS
                        + " FROM token t WHERE t.tenant = ? AND t.customer = ? AND t.token > ?"
                        + " ORDER BY t.token LIMIT ?",
                TokenStore::token,
                tenant,
                customer,
                after,
                limit);
    }

    /** The number is gone with it. False when there is none, or its payment is not decided yet. */
    boolean delete(long tenant, UUID token) {
        return database.execute(
                        "DELETE FROM token WHERE tenant = ? AND token = ? AND status = 'active'",
                        tenant,
                        token)
                == 1;
    }

    /**
     * Encrypts some of the cards anew that this data key encrypts, in one transaction; others who
     * do the same take others.
     *
     * @param anew by what each is replaced
     * @return how many there were
     */
    int reseal(long tenant, UUID dataKey, int limit, UnaryOperator<Sealed> anew) {
        return database.inTransaction(
                connection -> {
                    List<Sealed> before = taken(connection, tenant, dataKey, limit);
                    if (!before.isEmpty()) {
                        replace(connection, tenant, before.stream().map(anew).toList());
                    }
                    return before.size();
                });
    }

    private static List<Sealed> taken(Connection connection, long tenant, UUID dataKey, int limit)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        """
                        SELECT token, data_key, sealed FROM token WHERE tenant = ? AND data_key = ?
                        ORDER BY token LIMIT ? FOR UPDATE SKIP LOCKED""")) {
            statement.setLong(1, tenant);
            statement.setObject(2, dataKey);
            statement.setInt(3, limit);
            List<Sealed> taken = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    taken.add(sealed(rows));
                }
            }
            return taken;
        }
    }

    private static void replace(Connection connection, long tenant, List<Sealed> after)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        """
                        UPDATE token t SET data_key = u.data_key, sealed = u.sealed
                        FROM unnest(?::uuid[], ?::uuid[], ?::bytea[]) AS u (token, data_key, sealed)
                        WHERE t.tenant = ? AND t.token = u.token""")) {
            statement.setArray(
                    1,
                    connection.createArrayOf("uuid", after.stream().map(Sealed::token).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "uuid", after.stream().map(Sealed::dataKey).toArray()));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bytea", after.stream().map(Sealed::bytes).toArray(byte[][]::new)));
            statement.setLong(4, tenant);
            int ignored = statement.executeUpdate();
        }
    }

    private static Sealed sealed(ResultSet row) throws SQLException {
        return new Sealed(
                row.getObject("token", UUID.class),
                row.getObject("data_key", UUID.class),
                row.getBytes("sealed"));
    }

    private static Token token(ResultSet row) throws SQLException {
        return new Token(
                row.getObject("token", UUID.class),
                row.getString("status").equals("pending"),
                new Card(
                        row.getString("brand"),
                        row.getString("first6"),
                        row.getString("last4"),
                        row.getInt("exp_month"),
                        row.getInt("exp_year"),
                        row.getBytes("card_hash")),
                Optional.ofNullable(row.getString("customer")),
                Optional.ofNullable(row.getObject("payment", UUID.class)),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
