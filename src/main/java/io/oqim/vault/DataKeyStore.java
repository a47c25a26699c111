package io.oqim.vault;

import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table data_key. */
final class DataKeyStore {
    private final Database database;

    DataKeyStore(Database database) {
        this.database = database;
    }

    /** A data key as it is kept. */
    record Kept(long tenant, UUID id, KeyEncryption.Wrapped wrapped) {}

    /** A tenant's newest data key, and for how long new cards are encrypted with it. */
    record Newest(Kept key, Duration left) {}

    Optional<Newest> newest(long tenant, Duration life) {
        return database.first(
                """
                SELECT d.tenant, d.data_key, d.kek, d.wrapped,
                    extract(epoch FROM d.created_at + make_interval(secs => ?) - now()) * 1000
                FROM data_key d WHERE d.tenant = ? ORDER BY d.created_at DESC, d.data_key DESC LIMIT 1""",
                row -> new Newest(kept(row), Duration.ofMillis(row.getLong(5))),
                life.toMillis() / 1000.0,
                tenant);
    }

    void add(Kept key) {
        int ignored =
                database.execute(
                        "INSERT INTO data_key (tenant, data_key, kek, wrapped) VALUES (?, ?, ?, ?)",
                        key.tenant(),
                        key.id(),
                        key.wrapped().kek(),
                        key.wrapped().bytes());
    }

    /** One data key of each key-encryption key that is in use. */
    List<Kept> samples() {
        return database.query(
                "SELECT DISTINCT ON (kek) tenant, data_key, kek, wrapped FROM data_key ORDER BY kek, tenant, data_key",
                DataKeyStore::kept);
    }

    /**
     * Data keys that another key-encryption key than this has wrapped, in order; after this one.
     */
    List<Kept> wrappedByOthers(String kek, Kept after, int limit) {
        return database.query(
                """
                SELECT tenant, data_key, kek, wrapped FROM data_key
                WHERE kek <> ? AND (tenant, data_key) > (?, ?) ORDER BY tenant, data_key LIMIT ?""",
                DataKeyStore::kept,
                kek,
                after.tenant(),
                after.id(),
                limit);
    }

    /** Puts the same key in another wrapping; false when somebody else has done so. */
    boolean rewrap(Kept before, KeyEncryption.Wrapped after) {
        return database.execute(
                        "UPDATE data_key SET kek = ?, wrapped = ? WHERE tenant = ? AND data_key = ? AND kek = ?",
                        after.kek(),
                        after.bytes(),
                        before.tenant(),
                        before.id(),
                        before.wrapped().kek())
                == 1;
    }

    /** Data keys that are too old for new cards, in order; after this one. */
    List<Kept> outlived(Duration life, Kept after, int limit) {
        return database.query(
                """
                SELECT tenant, data_key, kek, wrapped FROM data_key
                WHERE created_at <= now() - make_interval(secs => ?) AND (tenant, data_key) > (?, ?)
                ORDER BY tenant, data_key LIMIT ?""",
                DataKeyStore::kept,
                life.toMillis() / 1000.0,
                after.tenant(),
                after.id(),
                limit);
    }

    /**
     * Forgets a data key with which nothing is encrypted and nothing will be: the tenant has had a
     * newer one for longer than any process goes on with the one that it knows.
     */
    boolean forget(Kept key, Duration known) {
        try {
            return removed(key, known);
        } catch (StoreException e) {
            // Somebody has encrypted a card with it just now.
            if ("token_data_key".equals(e.constraint())) {
                return false;
            }
            throw e;
        }
    }

    private boolean removed(Kept key, Duration known) {
        return database.execute(
                        """
                        DELETE FROM data_key d WHERE d.tenant = ? AND d.data_key = ?
                            AND NOT EXISTS (SELECT FROM token t WHERE t.tenant = d.tenant AND t.data_key = d.data_key)
                            AND EXISTS (SELECT FROM data_key n WHERE n.tenant = d.tenant
                                AND n.created_at > d.created_at AND n.created_at < now() - make_interval(secs => ?))""",
                        key.tenant(),
                        key.id(),
                        known.toMillis() / 1000.0)
                == 1;
    }

    static Kept kept(ResultSet row) throws SQLException {
        return new Kept(
                row.getLong("tenant"),
                row.getObject("data_key", UUID.class),
                new KeyEncryption.Wrapped(row.getString("kek"), row.getBytes("wrapped")));
    }
}
