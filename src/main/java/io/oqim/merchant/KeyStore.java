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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** Those of these keys that are good, and their terms. */
    Map<UUID, KeyTerms> good(Collection<UUID> keys) {
        Map<UUID, KeyTerms> good = new HashMap<>();
        database.query(
                        "SELECT k.key, "
                                + TERMS
                                + " FROM api_key k WHERE k.key = ANY (?::uuid[]) AND "
                                + GOOD,
                        row -> Map.entry(row.getObject(1, UUID.class), terms(row)),
                        (Object) keys.stream().map(UUID::toString).toArray(String[]::new))
                .forEach(entry -> good.put(entry.getKey(), entry.getValue()));
        return good;
    }

    /** A key that is to be stored. */
    record Fresh(long tenant, UUID id, ApiKey key, KeyTerms terms) {
        Fresh on(KeyTerms other) {
            return new Fresh(tenant, id, key, other);
        }
    }

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
            scopes(fresh.terms().scopes()),
            ranges(fresh.terms().from()),
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
    sealed interface Rotated {
        /** On these terms, which are the old one's. */
        record Done(KeyTerms terms) implements Rotated {}

        /** The old key has ended, or its end is set already. */
        record Ending() implements Rotated {}

        /** Another key holds the other slot. */
        record NoSlot() implements Rotated {}
    }

    /** Stores a key, and lets the one that it takes the place of end after a time; both or none. */
    Rotated rotate(UUID old, Fresh fresh, Duration overlap) {
        free(fresh.tenant());
        try {
            return database.inTransaction(connection -> rotated(connection, old, fresh, overlap));
        } catch (StoreException e) {
            if ("api_key_active_slot".equals(e.constraint())) {
                return new Rotated.NoSlot();
            }
            throw e;
        }
    }

    private static Rotated rotated(Connection connection, UUID old, Fresh fresh, Duration overlap)
            throws SQLException {
        KeyTerms terms;
        try (var ending =
                connection.prepareStatement(
                        """
                        UPDATE api_key k SET expires_at = now() + ? * interval '1 ms',
                            revoked_at = CASE WHEN ? = 0 THEN now() END
                        WHERE k.tenant = ? AND k.key = ? AND k.revoked_at IS NULL AND k.expires_at IS NULL
                        RETURNING k.scopes, k.allowed_ips""")) {
            ending.setLong(1, overlap.toMillis());
            ending.setLong(2, overlap.toMillis());
            ending.setLong(3, fresh.tenant());
            ending.setObject(4, old);
            try (ResultSet rows = ending.executeQuery()) {
                if (!rows.next()) {
                    return new Rotated.Ending();
                }
                terms = terms(rows);
            }
        }
        try (var adding = connection.prepareStatement(ADD)) {
            int at = 0;
            for (Object value : added(fresh.on(terms))) {
                adding.setObject(
                        ++at,
                        value instanceof String[] texts
                                ? connection.createArrayOf("text", texts)
                                : value);
            }
            if (adding.executeUpdate() == 1) {
                return new Rotated.Done(terms);
            }
        }
        connection.rollback();
        return new Rotated.NoSlot();
    }

    /** What of a key's terms is to change; the rest stays as it is. */
    record Change(Optional<Set<KeyScope>> scopes, Optional<List<AddressRange>> from) {}

    /** Gives a key other terms; false when it is not good any more. */
    boolean change(long tenant, UUID key, Change change) {
        return database.execute(
                        """
                        UPDATE api_key k SET scopes = CASE WHEN ? THEN ? ELSE k.scopes END,
                            allowed_ips = CASE WHEN ? THEN ? ELSE k.allowed_ips END
                        WHERE k.tenant = ? AND k.key = ? AND k.revoked_at IS NULL
                            AND (k.expires_at IS NULL OR k.expires_at > now())""",
                        change.scopes().isPresent(),
                        scopes(change.scopes().orElse(Set.of())),
                        change.from().isPresent(),
                        ranges(change.from().orElse(List.of())),
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
                texts(row.getArray("scopes"))
                        .map(KeyScope::parse)
                        .flatMap(Optional::stream)
                        .collect(Collectors.toSet()),
                texts(row.getArray("allowed_ips"))
                        .map(text -> AddressRange.parse(text).orElseThrow())
                        .toList());
    }

    private static java.util.stream.Stream<String> texts(Array array) throws SQLException {
        return Arrays.stream((String[]) array.getArray());
    }

    private static String[] scopes(Set<KeyScope> scopes) {
        return scopes.stream().sorted().map(KeyScope::text).toArray(String[]::new);
    }

    private static String[] ranges(List<AddressRange> ranges) {
        return ranges.stream().map(AddressRange::text).toArray(String[]::new);
    }
}
