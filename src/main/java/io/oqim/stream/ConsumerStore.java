package io.oqim.stream;

import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table consumer. */
final class ConsumerStore {
    private final Database database;

    ConsumerStore(Database database) {
        this.database = database;
    }

    /**
     * How far a consumer is.
     *
     * @param epoch of the log when he said so
     * @param hash of the event with that number, if it is known
     */
    record Offset(long tenant, String name, String epoch, long seq, Optional<byte[]> hash) {
        /** Where he goes on. */
        Cursor.Start start() {
            return new Cursor.Start(seq, hash, Optional.of(epoch));
        }
    }

    /** Who a consumer is. */
    record Name(long tenant, String name) {}

    /**
     * The last event that was sent to him, or passed over by his filter, when he acknowledged
     * something: his word is of the log that has it.
     */
    record Sent(long seq, Optional<byte[]> hash) {}

    /**
     * His word that he has dealt with all up to there.
     *
     * @param sent at or after {@code seq}
     */
    record Ack(Name name, String epoch, long seq, Sent sent) {}

    /** A consumer as his merchant sees him. */
    record Listed(String name, long seq, String epoch, OffsetDateTime updated) {}

    Optional<Offset> find(long tenant, String name) {
        return database.first(
                "SELECT epoch, seq, hash FROM consumer WHERE tenant = ? AND name = ?",
                row ->
                        new Offset(
                                tenant,
                                name,
                                row.getString(1),
                                row.getLong(2),
                                Optional.ofNullable(row.getBytes(3))),
                tenant,
                name);
    }

    /**
     * Makes a consumer who has nothing yet; false when the tenant has as many as it may. Two at
     * once may become one more than that, which does no harm.
     */
    boolean create(Offset offset, int most) {
        return database.execute(
                        """
                        INSERT INTO consumer (tenant, name, epoch, seq)
                        SELECT ?, ?, ?::uuid, ? WHERE (SELECT count(*) FROM consumer WHERE tenant = ?) < ?
                        ON CONFLICT (tenant, name) DO UPDATE SET updated_at = consumer.updated_at""",
                        offset.tenant(),
                        offset.name(),
                        offset.epoch(),
                        offset.seq(),
                        offset.tenant(),
                        most)
                == 1;
    }

    /**
     * Moves consumers on, never back, unless the log is another one. Each goes with the hash of his
     * event, so that a log that was replaced is noticed when he comes back. If it was replaced
     * before his word is written, the event that he was sent is not there, and neither is his word.
     *
     * @return those who were moved; one who was deleted stays deleted
     */
    Set<Name> save(Collection<Ack> acks) {
        return Set.copyOf(
                database.query(
                        """
                        UPDATE consumer c SET updated_at = now(), epoch = u.epoch,
                            seq = CASE WHEN c.epoch = u.epoch THEN greatest(c.seq, u.seq) ELSE u.seq END,
                            hash = CASE WHEN c.epoch = u.epoch AND c.seq > u.seq THEN c.hash
                                WHEN u.seq = u.sent THEN decode(nullif(u.hash, ''), 'hex')
                                ELSE (SELECT e.hash FROM event e WHERE e.tenant = u.tenant AND e.seq = u.seq) END
                        FROM unnest(?::bigint[], ?::text[], ?::uuid[], ?::bigint[], ?::bigint[], ?::text[])
                            AS u (tenant, name, epoch, seq, sent, hash)
                        WHERE c.tenant = u.tenant AND c.name = u.name
                            AND (u.hash = '' OR u.sent = 0
                                OR EXISTS (SELECT FROM event e WHERE e.tenant = u.tenant
                                    AND e.seq = u.sent AND e.hash = decode(u.hash, 'hex'))
                                OR EXISTS (SELECT FROM event_floor f WHERE f.tenant = u.tenant
                                    AND f.oldest = u.sent + 1 AND f.prev_hash = decode(u.hash, 'hex')))
                        RETURNING c.tenant, c.name""",
                        row -> new Name(row.getLong(1), row.getString(2)),
                        acks.stream().map(ack -> ack.name().tenant()).toArray(Long[]::new),
                        acks.stream().map(ack -> ack.name().name()).toArray(String[]::new),
                        acks.stream().map(Ack::epoch).toArray(String[]::new),
                        acks.stream().map(Ack::seq).toArray(Long[]::new),
                        acks.stream().map(ack -> ack.sent().seq()).toArray(Long[]::new),
                        acks.stream().map(ConsumerStore::hex).toArray(String[]::new)));
    }

    private static String hex(Ack ack) {
        return ack.sent().hash().map(HexFormat.of()::formatHex).orElse("");
    }

    List<Listed> list(long tenant, String after, int limit) {
        return database.query(
                "SELECT name, seq, epoch, updated_at FROM consumer WHERE tenant = ? AND name > ?"
                        + " ORDER BY name LIMIT ?",
                ConsumerStore::read,
                tenant,
                after,
                limit);
    }

    Optional<Listed> listed(long tenant, String name) {
        return database.first(
                "SELECT name, seq, epoch, updated_at FROM consumer WHERE tenant = ? AND name = ?",
                ConsumerStore::read,
                tenant,
                name);
    }

    private static Listed read(ResultSet row) throws SQLException {
        return new Listed(
                row.getString(1),
                row.getLong(2),
                row.getString(3),
                row.getObject(4, OffsetDateTime.class));
    }

    boolean delete(long tenant, String name) {
        return database.execute("DELETE FROM consumer WHERE tenant = ? AND name = ?", tenant, name)
                == 1;
    }
}
