package io.oqim.stream;

import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

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
     */
    record Offset(long tenant, String name, String epoch, long seq) {}

    /** A consumer as his merchant sees him. */
    record Listed(String name, long seq, String epoch, OffsetDateTime updated) {}

    Optional<Offset> find(long tenant, String name) {
        return database.first(
                "SELECT epoch, seq FROM consumer WHERE tenant = ? AND name = ?",
                row -> new Offset(tenant, name, row.getString(1), row.getLong(2)),
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

    /** Moves consumers on, never back, unless the log is another one. */
    void save(Collection<Offset> offsets) {
        int ignored =
                database.execute(
                        """
                        INSERT INTO consumer (tenant, name, epoch, seq)
                        SELECT * FROM unnest(?::bigint[], ?::text[], ?::uuid[], ?::bigint[]) ORDER BY 1, 2
                        ON CONFLICT (tenant, name) DO UPDATE SET updated_at = now(), epoch = excluded.epoch,
                            seq = CASE WHEN consumer.epoch = excluded.epoch THEN greatest(consumer.seq, excluded.seq)
                                ELSE excluded.seq END""",
                        offsets.stream().map(Offset::tenant).toArray(Long[]::new),
                        offsets.stream().map(Offset::name).toArray(String[]::new),
                        offsets.stream().map(Offset::epoch).toArray(String[]::new),
                        offsets.stream().map(Offset::seq).toArray(Long[]::new));
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
