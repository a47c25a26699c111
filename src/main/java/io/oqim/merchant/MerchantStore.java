package io.oqim.merchant;

import io.oqim.store.Database;
import io.oqim.store.TypeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table tenant. */
final class MerchantStore {
    /** The columns of {@code tenant t} that make a tenant. */
    static final String TENANT_COLUMNS = "t.tenant, t.merchant, t.mode, " + PolicyStore.ALL;

    private static final String TENANT = "SELECT " + TENANT_COLUMNS + " FROM tenant t ";

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

    /**
     * Gives a tenant another policy.
     *
     * @param signed whether signatures are required; empty leaves that as it is
     */
    void change(long tenant, Policy policy, Optional<Boolean> signed) {
        int ignored =
                database.execute(
                        """
                        UPDATE tenant SET rate_limit = nullif(?, -1), card_limit = nullif(?, -1),
                            resolve_within = nullif(?, -1), on_deadline = ?, settlement_delay = nullif(?, -1),
                            refund_beyond_balance = ?, require_signatures = coalesce(nullif(?, '')::boolean, require_signatures), fees = ?::jsonb
                        WHERE tenant = ?""",
                        policy.rateLimit().orElse(-1),
                        policy.cardLimit().orElse(-1),
                        seconds(policy.resolveWithin()),
                        policy.onDeadline().text(),
                        seconds(policy.settlementDelay()),
                        policy.refundBeyondBalance(),
                        signed.map(value -> Boolean.toString(value)).orElse(""),
                        FeesJson.text(policy.fees()),
                        tenant);
    }

    private static int seconds(Optional<Duration> value) {
        return value.map(Duration::toSeconds).orElse(-1L).intValue();
    }

    record MerchantRow(UUID id, String name, OffsetDateTime created) {
        String text() {
            return TypeId.text("mer", id);
        }
    }

    private static MerchantRow merchantRow(ResultSet row) throws SQLException {
        return new MerchantRow(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getObject(3, OffsetDateTime.class));
    }

    static Tenant tenantRow(ResultSet row) throws SQLException {
        return new Tenant(
                row.getLong(1),
                row.getObject(2, UUID.class),
                Mode.parse(row.getString(3)).orElseThrow(),
                PolicyStore.read(row));
    }
}
