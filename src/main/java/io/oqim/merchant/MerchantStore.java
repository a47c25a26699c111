package io.oqim.merchant;

import io.oqim.store.Database;
import io.oqim.store.StoreException;
import io.oqim.store.TypeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables tenant and api_key. */
final class MerchantStore {
    private static final String TENANT =
            "SELECT tenant, merchant, mode, " + PolicyStore.ALL + " FROM tenant t ";

    private final Database database;

    MerchantStore(Database database) {
        this.database = database;
    }

    void create(UUID merchant, String name, @Nullable Integer cardLimit) {
        database.inTransaction(
                connection -> {
                    try (var statement =
                            connection.prepareStatement(
                                    """
                                    WITH made AS (
                                        INSERT INTO tenant (merchant, mode, name, card_limit)
                                        SELECT ?::uuid, mode, ?, ?::integer FROM unnest(ARRAY['test', 'live']) AS mode
                                        RETURNING tenant)
                                    INSERT INTO tenant_head (tenant, seq, hash, created)
                                    SELECT tenant, 0, decode(repeat('00', 32), 'hex'), now() FROM made""")) {
                        statement.setObject(1, merchant);
                        statement.setString(2, name);
                        statement.setObject(3, cardLimit);
                        return statement.executeUpdate();
                    }
                });
    }

    Optional<MerchantRow> merchant(UUID merchant) {
        return database.first(
                "SELECT merchant, name, created_at FROM tenant WHERE merchant = ? ORDER BY tenant LIMIT 1",
                MerchantStore::merchantRow,
                merchant);
    }

    /** Newest last, after a merchant's id. */
    List<MerchantRow> merchants(@Nullable UUID after, int limit) {
        UUID start = after == null ? new UUID(0, 0) : after;
        return database.query(
                """
                SELECT merchant, name, created_at FROM tenant
                WHERE mode = 'test' AND merchant > ? ORDER BY merchant LIMIT ?""",
                MerchantStore::merchantRow,
                start,
                limit);
    }

    Optional<Tenant> tenant(UUID merchant, Mode mode) {
        return database.first(
                TENANT + "WHERE merchant = ? AND mode = ?",
                MerchantStore::tenantRow,
                merchant,
                mode.text());
    }

    Optional<Authentication.Caller> byKey(byte[] secretHash) {
        return database.first(
                "SELECT t.tenant, t.merchant, t.mode, "
                        + PolicyStore.ALL
                        + ", k.key FROM api_key k JOIN tenant t USING (tenant)"
                        + " WHERE k.secret_hash = ? AND k.revoked_at IS NULL",
                row -> new Authentication.Caller(tenantRow(row), row.getObject("key", UUID.class)),
                secretHash);
    }

    /** Those of these keys that are not good any more. */
    Set<UUID> revoked(Collection<UUID> keys) {
        return Set.copyOf(
                database.query(
                        "SELECT key FROM api_key WHERE key = ANY (?::uuid[]) AND revoked_at IS NOT NULL",
                        row -> row.getObject(1, UUID.class),
                        (Object) keys.stream().map(UUID::toString).toArray(String[]::new)));
    }

    void change(long tenant, Policy policy) {
        int ignored =
                database.execute(
                        """
                        UPDATE tenant SET rate_limit = nullif(?, -1), card_limit = nullif(?, -1),
                            resolve_within = nullif(?, -1), on_deadline = ?, settlement_delay = nullif(?, -1),
                            refund_beyond_balance = ?, fees = ?::jsonb
                        WHERE tenant = ?""",
                        policy.rateLimit().orElse(-1),
                        policy.cardLimit().orElse(-1),
                        seconds(policy.resolveWithin()),
                        policy.onDeadline().text(),
                        seconds(policy.settlementDelay()),
                        policy.refundBeyondBalance(),
                        FeesJson.text(policy.fees()),
                        tenant);
    }

    private static int seconds(Optional<Duration> value) {
        return value.map(Duration::toSeconds).orElse(-1L).intValue();
    }

    /** Puts a key into a free slot; false when both are taken. */
    boolean addKey(long tenant, UUID id, ApiKey key) {
        try {
            return database.execute(
                            """
                            INSERT INTO api_key (tenant, key, slot, secret_hash, hint)
                            SELECT ?, ?, free.slot, ?, ? FROM unnest(ARRAY[1, 2]) AS free (slot)
                            WHERE NOT EXISTS (SELECT FROM api_key a
                                WHERE a.tenant = ? AND a.slot = free.slot AND a.revoked_at IS NULL)
                            ORDER BY free.slot LIMIT 1""",
                            tenant,
                            id,
                            key.hash(),
                            key.hint(),
                            tenant)
                    == 1;
        } catch (StoreException e) {
            // Somebody else took the last slot between our look and our write.
            if ("api_key_active_slot".equals(e.constraint())) {
                return false;
            }
            throw e;
        }
    }

    List<KeyRow> keys(UUID merchant) {
        return database.query(
                """
                SELECT k.key, t.mode, k.hint, k.created_at, k.revoked_at FROM api_key k JOIN tenant t USING (tenant)
                WHERE t.merchant = ? ORDER BY k.key""",
                row ->
                        new KeyRow(
                                row.getObject(1, UUID.class),
                                row.getString(2),
                                row.getString(3),
                                row.getObject(4, OffsetDateTime.class),
                                Optional.ofNullable(row.getObject(5, OffsetDateTime.class))),
                merchant);
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

    record MerchantRow(UUID id, String name, OffsetDateTime created) {
        String text() {
            return TypeId.text("mer", id);
        }
    }

    record KeyRow(
            UUID id,
            String mode,
            String hint,
            OffsetDateTime created,
            Optional<OffsetDateTime> revoked) {}

    private static MerchantRow merchantRow(ResultSet row) throws SQLException {
        return new MerchantRow(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getObject(3, OffsetDateTime.class));
    }

    private static Tenant tenantRow(ResultSet row) throws SQLException {
        return new Tenant(
                row.getLong(1),
                row.getObject(2, UUID.class),
                Mode.parse(row.getString(3)).orElseThrow(),
                PolicyStore.read(row));
    }
}
