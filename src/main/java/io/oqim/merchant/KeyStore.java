package io.oqim.merchant;

import io.oqim.config.AddressRange;
import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.net.InetAddress;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The table api_key. */
final class KeyStore {
    private static final String TERMS = "k.scopes, k.allowed_ips";

    /** Of a key that may be used. */
    private static final String GOOD =
            "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())";

    private static final String ADD =
            """
            INSERT INTO api_key (tenant, key, slot, secret_hash, hint, scopes, allowed_ips)
            SELECT ?, ?, free.slot, ?, ?, ?, ? FROM unnest(ARRAY[1, 2]) AS free (slot)
            WHERE NOT EXISTS (SELECT FROM api_key a
                WHERE a.tenant = ? AND a.slot = free.slot AND a.revoked_at IS NULL)
            ORDER BY free.slot LIMIT 1""";

    private final Database database;

    KeyStore(Database database) {
        this.database = database;
    }

    /**
     * A key that may be used.
     *
     * @param lastUse whether its last use is to be written down again
     */
    record Found(Tenant tenant, UUID key, KeyTerms terms, boolean lastUse) {}

    /**
     * Finds it by its secret.
     *
     * @param exact how exactly its last use is written down
     */
    Optional<Found> find(byte[] secretHash, Duration exact) {
        return database.first(
                "SELECT "
                        + MerchantStore.TENANT_COLUMNS
                        + ", k.key, "
                        + TERMS
                        + ", k.last_used_at IS NULL OR k.last_used_at < now() - ? * interval '1 ms' AS unused"
                        + " FROM api_key k JOIN tenant t ON t.tenant = k.tenant WHERE k.secret_hash = ? AND "
                        + GOOD,
                row ->
                        new Found(
                                MerchantStore.tenantRow(row),
                                row.getObject("key", UUID.class),
                                terms(row),
                                row.getBoolean("unused")),
                exact.toMillis(),
                secretHash);
    }

    /** Writes down that it was used, unless somebody just has. */
    void used(Found key, InetAddress from, Duration exact) {
        int ignored =
                database.execute(
                        """
                        UPDATE api_key SET last_used_at = now(), last_used_from = ? WHERE tenant = ? AND key = ?
                            AND (last_used_at IS NULL OR last_used_at < now() - ? * interval '1 ms')""",
                        from.getHostAddress(),
                        key.tenant().id(),
                        key.key(),
                        exact.toMillis());
    }

    /** Those of these keys that are not good any more. */
    Set<UUID> ended(Collection<UUID> keys) {
        return Set.copyOf(
                database.query(
                        "SELECT key FROM api_key WHERE key = ANY (?::uuid[])"
                                + " AND (revoked_at IS NOT NULL OR expires_at <= now())",
                        row -> row.getObject(1, UUID.class),
                        (Object) keys.stream().map(UUID::toString).toArray(String[]::new)));
    }

    /** A key that is to be stored. */
    record Fresh(long tenant, UUID id, ApiKey key, KeyTerms terms) {}

    /** Puts a key into a free slot; false when both are taken. */
    boolean add(Fresh fresh) {
        free(fresh.tenant());
        try {
            return database.execute(ADD, added(fresh)) == 1;
        } catch (StoreException e) {
            // Somebody else took the last slot between our look and our write.
            if ("api_key_active_slot".equals(e.constraint())) {
                return false;
            }
            throw e;
        }
    }

    private static Object[] added(Fresh fresh) {
        return new Object[] {
            fresh.tenant(),
            fresh.id(),
            fresh.key().hash(),
            fresh.key().hint(),
            scopes(fresh.terms()),
            ranges(fresh.terms()),
            fresh.tenant()
        };
    }

    /** Keys whose time is over hold no slot. */
    private void free(long tenant) {
        int ignored =
                database.execute(
                        "UPDATE api_key SET revoked_at = expires_at"
                                + " WHERE tenant = ? AND revoked_at IS NULL AND expires_at <= now()",
                        tenant);
    }

    /** What came of a rotation. */
    enum Rotated {
        DONE,
        /** The old key has ended, or its end is set already. */
        ENDING,
        /** Another key holds the other slot. */
        NO_SLOT
    }

    /** Stores a key, and lets the one that it takes the place of end after a time; both or none. */
    Rotated rotate(UUID old, Fresh fresh, Duration overlap) {
        free(fresh.tenant());
        try {
            return database.inTransaction(connection -> rotated(connection, old, fresh, overlap));
        } catch (StoreException e) {
            if ("api_key_active_slot".equals(e.constraint())) {
                return Rotated.NO_SLOT;
            }
            throw e;
        }
    }

    private static Rotated rotated(Connection connection, UUID old, Fresh fresh, Duration overlap)
            throws SQLException {
        try (var ending =
                connection.prepareStatement(
                        """
                UPDATE api_key SET expires_at = now() + ? * interval '1 ms',
                    revoked_at = CASE WHEN ? = 0 THEN now() END
                WHERE tenant = ? AND key = ? AND revoked_at IS NULL AND expires_at IS NULL""")) {
            ending.setLong(1, overlap.toMillis());
            ending.setLong(2, overlap.toMillis());
            ending.setLong(3, fresh.tenant());
            ending.setObject(4, old);
            if (ending.executeUpdate() == 0) {
                return Rotated.ENDING;
            }
        }
        try (var adding = connection.prepareStatement(ADD)) {
            int at = 0;
            for (Object value : added(fresh)) {
                adding.setObject(
                        ++at,
                        value instanceof String[] texts
                                ? connection.createArrayOf("text", texts)
                                : value);
            }
            if (adding.executeUpdate() == 1) {
                return Rotated.DONE;
            }
        }
        connection.rollback();
        return Rotated.NO_SLOT;
    }

    /** Gives a key other terms; false when it is not good any more. */
    boolean change(long tenant, UUID key, KeyTerms terms) {
        return database.execute(
                        """
                        UPDATE api_key k SET scopes = ?, allowed_ips = ? WHERE k.tenant = ? AND k.key = ?
                            AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())""",
                        scopes(terms),
                        ranges(terms),
                        tenant,
                        key)
                == 1;
    }

    /** Revokes a key, once; false when the merchant has no such key. */
    boolean revoke(UUID merchant, UUID key) {
        return database.execute(
                        """
                        UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) FROM tenant t
                        WHERE api_key.tenant = t.tenant AND t.merchant = ? AND api_key.key = ?""",
                        merchant,
                        key)
                == 1;
    }

    /** When it was made, and so on. */
    record Times(
            Instant created,
            Optional<Instant> expires,
            Optional<Instant> revoked,
            Optional<Instant> lastUsed) {}

    /** A key as it is shown. */
    record KeyRow(
            long tenant,
            UUID id,
            Mode mode,
            String hint,
            KeyTerms terms,
            Times times,
            Optional<String> lastUsedFrom) {
        /** Whether it may not be used any more. */
        boolean ended() {
            return times.revoked().isPresent();
        }
    }

    /** All keys of a merchant, oldest first. */
    List<KeyRow> list(UUID merchant) {
        return database.query(
                "SELECT k.tenant, k.key, t.mode, k.hint, "
                        + TERMS
                        + """
                        , k.created_at, k.expires_at,
                            CASE WHEN k.revoked_at IS NULL AND k.expires_at <= now() THEN k.expires_at
                                ELSE k.revoked_at END AS revoked_at,
                            k.last_used_at, k.last_used_from
                        FROM api_key k JOIN tenant t USING (tenant) WHERE t.merchant = ? ORDER BY k.key""",
                KeyStore::row,
                merchant);
    }

    private static KeyRow row(ResultSet row) throws SQLException {
        return new KeyRow(
                row.getLong("tenant"),
                row.getObject("key", UUID.class),
                Mode.parse(row.getString("mode")).orElseThrow(),
                row.getString("hint"),
                terms(row),
                new Times(
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        time(row, "expires_at"),
                        time(row, "revoked_at"),
                        time(row, "last_used_at")),
                Optional.ofNullable(row.getString("last_used_from")));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
    }

    private static KeyTerms terms(ResultSet row) throws SQLException {
        return new KeyTerms(
                texts(row.getArray("scopes")).map(KeyScope::parse).collect(Collectors.toSet()),
                texts(row.getArray("allowed_ips"))
                        .map(text -> AddressRange.parse(text).orElseThrow())
                        .toList());
    }

    private static java.util.stream.Stream<String> texts(Array array) throws SQLException {
        return Arrays.stream((String[]) array.getArray());
    }

    private static String[] scopes(KeyTerms terms) {
        return terms.scopes().stream().sorted().map(KeyScope::text).toArray(String[]::new);
    }

    private static String[] ranges(KeyTerms terms) {
        return terms.from().stream().map(AddressRange::text).toArray(String[]::new);
    }
}
