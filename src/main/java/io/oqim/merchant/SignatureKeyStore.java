package io.oqim.merchant;

import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table signature_key. */
final class SignatureKeyStore {
    private final Database database;

    SignatureKeyStore(Database database) {
        this.database = database;
    }

    /** Puts a key into a free slot; false when all are taken. */
    boolean add(long tenant, SignatureKey key) {
        try {
            return database.execute(
                            """
                            INSERT INTO signature_key (tenant, key, slot, algorithm, public_key)
                            SELECT ?, ?, free.slot, ?, nullif(?, ''::bytea) FROM unnest(ARRAY[1, 2, 3, 4]) AS free (slot)
                            WHERE NOT EXISTS (SELECT FROM signature_key a
                                WHERE a.tenant = ? AND a.slot = free.slot AND a.revoked_at IS NULL)
                            ORDER BY free.slot LIMIT 1""",
                            tenant,
                            key.id(),
                            key.algorithm().text(),
                            key.publicKey().orElse(new byte[0]),
                            tenant)
                    == 1;
        } catch (StoreException e) {
            // Somebody else took the last slot between our look and our write.
            if ("signature_key_active_slot".equals(e.constraint())) {
                return false;
            }
            throw e;
        }
    }

    /** All keys of a tenant, oldest first. */
    List<SignatureKey> list(long tenant) {
        return database.query(
                """
                SELECT key, algorithm, public_key, created_at, revoked_at FROM signature_key
                WHERE tenant = ? ORDER BY key""",
                SignatureKeyStore::row,
                tenant);
    }

    /** Those that are good; newest first. */
    List<SignatureKey> good(long tenant) {
        return database.query(
                """
                SELECT key, algorithm, public_key, created_at, revoked_at FROM signature_key
                WHERE tenant = ? AND revoked_at IS NULL ORDER BY key DESC""",
                SignatureKeyStore::row,
                tenant);
    }

    /** Revokes a key, once; false when the tenant has no such key. */
    boolean revoke(long tenant, UUID key) {
        return database.execute(
                        """
                        UPDATE signature_key SET revoked_at = coalesce(revoked_at, now())
                        WHERE tenant = ? AND key = ?""",
                        tenant,
                        key)
                == 1;
    }

    private static SignatureKey row(ResultSet row) throws SQLException {
        return new SignatureKey(
                row.getObject("key", UUID.class),
                SignatureKey.Algorithm.parse(row.getString("algorithm")),
                Optional.ofNullable(row.getBytes("public_key")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject("revoked_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
    }
}
