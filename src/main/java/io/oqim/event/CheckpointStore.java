package io.oqim.event;

import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/** The tables checkpoint and signing_key. Methods block on the database. */
public final class CheckpointStore {
    private final Database database;

    public CheckpointStore(Database database) {
        this.database = database;
    }

    /** A log of which something is to be signed. */
    record Due(long tenant, UUID merchant, String mode, long seq, byte[] hash, Instant now) {}

    /** A key that signs or has signed. */
    public record Key(String id, byte[] publicKey, Instant created) {}

    /**
     * Logs that have grown since their last checkpoint, if that is long ago or was many events ago.
     */
    List<Due> due(Duration every, long events, int limit) {
        return database.query(
                """
                SELECT h.tenant, t.merchant, t.mode, h.seq, h.hash, date_trunc('microseconds', now())
                FROM tenant_head h JOIN tenant t USING (tenant) LEFT JOIN LATERAL (
                    SELECT c.seq, c.signed_at FROM checkpoint c WHERE c.tenant = h.tenant
                    ORDER BY c.seq DESC LIMIT 1) last ON true
                WHERE h.seq > coalesce(last.seq, 0) AND (last.seq IS NULL OR h.seq - last.seq >= ?
                    OR last.signed_at < now() - make_interval(secs => ?))
                LIMIT ?""",
                row ->
                        new Due(
                                row.getLong(1),
                                row.getObject(2, UUID.class),
                                row.getString(3),
                                row.getLong(4),
                                row.getBytes(5),
                                time(row, 6)),
                events,
                every.toMillis() / 1000.0,
                limit);
    }

    /** Keeps a checkpoint; another of the same number stays as it is. */
    void add(long tenant, Checkpoint checkpoint) {
        int ignored =
                database.execute(
                        """
                        INSERT INTO checkpoint (tenant, seq, hash, signed_at, key, signature)
                        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
                        tenant,
                        checkpoint.seq(),
                        checkpoint.hash(),
                        checkpoint.signed().atOffset(ZoneOffset.UTC),
                        checkpoint.key(),
                        checkpoint.signature());
    }

    /** Publishes a key, once. */
    void add(String key, byte[] publicKey) {
        int ignored =
                database.execute(
                        "INSERT INTO signing_key (key, public_key) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        key,
                        publicKey);
    }

    /** A tenant's checkpoints below a number, the newest first. */
    public List<Checkpoint> before(long tenant, long seq, int limit) {
        return database.query(
                """
                SELECT seq, hash, signed_at, key, signature FROM checkpoint
                WHERE tenant = ? AND seq < ? ORDER BY seq DESC LIMIT ?""",
                row ->
                        new Checkpoint(
                                row.getLong(1),
                                row.getBytes(2),
                                time(row, 3),
                                row.getString(4),
                                row.getBytes(5)),
                tenant,
                seq,
                limit);
    }

    /** All keys that ever signed, the oldest first. */
    public List<Key> keys() {
        return database.query(
                "SELECT key, public_key, created_at FROM signing_key ORDER BY created_at, key",
                row -> new Key(row.getString(1), row.getBytes(2), time(row, 3)));
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
