package io.oqim.risk;

import io.oqim.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table risk_entry. */
final class EntryStore {
    private static final String COLUMNS =
            "e.entry, e.list, e.kind, e.value, e.shown, e.reason, e.created_at, e.expires_at";

    private final Database database;

    EntryStore(Database database) {
        this.database = database;
    }

    /** All entries of a tenant that have not expired. */
    List<Entry> all(long tenant) {
        return database.query(
                "SELECT "
                        + COLUMNS
                        + " FROM risk_entry e WHERE e.tenant = ? AND (e.expires_at IS NULL OR e.expires_at > now())",
                EntryStore::row,
                tenant);
    }

    /**
     * Puts an entry on its list; one that is there already gets its reason and its end.
     *
     * @param most entries of a tenant
     * @return the entry as it is now; empty when there is no room
     */
    Optional<Entry> put(long tenant, Entry entry, int most) {
        return database.inTransaction(
                connection -> {
                    VersionStore.lock(connection, tenant);
                    forgetExpired(connection, tenant);
                    Optional<Entry> put = update(connection, tenant, entry);
                    if (put.isEmpty()) {
                        put = insert(connection, tenant, entry, most);
                    }
                    if (put.isPresent()) {
                        VersionStore.changed(connection, tenant);
                    }
                    return put;
                });
    }

    private static void forgetExpired(Connection connection, long tenant) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "DELETE FROM risk_entry WHERE tenant = ? AND expires_at <= now()")) {
            statement.setLong(1, tenant);
            int ignored = statement.executeUpdate();
        }
    }

    private static Optional<Entry> update(Connection connection, long tenant, Entry entry)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "UPDATE risk_entry e SET reason = ?, expires_at = ?"
                                + " WHERE e.tenant = ? AND e.list = ? AND e.kind = ? AND e.value = ? RETURNING "
                                + COLUMNS)) {
            statement.setString(1, entry.reason().orElse(null));
            statement.setObject(2, time(entry.expires()));
            statement.setLong(3, tenant);
            statement.setString(4, entry.side().text());
            statement.setString(5, entry.kind().text());
            statement.setString(6, entry.value());
            return first(statement);
        }
    }

    private static Optional<Entry> insert(Connection connection, long tenant, Entry entry, int most)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "INSERT INTO risk_entry AS e (tenant, entry, list, kind, value, shown, reason, expires_at)"
                                + " SELECT ?, ?, ?, ?, ?, ?, ?, ?"
                                + " WHERE (SELECT count(*) FROM risk_entry c WHERE c.tenant = ?) < ? RETURNING "
                                + COLUMNS)) {
            statement.setLong(1, tenant);
            statement.setObject(2, entry.id());
            statement.setString(3, entry.side().text());
            statement.setString(4, entry.kind().text());
            statement.setString(5, entry.value());
            statement.setString(6, entry.shown());
            statement.setString(7, entry.reason().orElse(null));
            statement.setObject(8, time(entry.expires()));
            statement.setLong(9, tenant);
            statement.setInt(10, most);
            return first(statement);
        }
    }

    private static Optional<Entry> first(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(row(rows)) : Optional.empty();
        }
    }

    Optional<Entry> find(long tenant, Entry.Side side, UUID entry) {
        return database.first(
                "SELECT "
                        + COLUMNS
                        + " FROM risk_entry e WHERE e.tenant = ? AND e.entry = ? AND e.list = ?"
                        + " AND (e.expires_at IS NULL OR e.expires_at > now())",
                EntryStore::row,
                tenant,
                entry,
                side.text());
    }

    /** A page of a list, in the order of making. */
    List<Entry> list(long tenant, Entry.Side side, UUID after, int limit) {
        return database.query(
                "SELECT "
                        + COLUMNS
                        + " FROM risk_entry e WHERE e.tenant = ? AND e.entry > ? AND e.list = ?"
                        + " AND (e.expires_at IS NULL OR e.expires_at > now()) ORDER BY e.entry LIMIT ?",
                EntryStore::row,
                tenant,
                after,
                side.text(),
                limit);
    }

    /** False when there is none. */
    boolean delete(long tenant, Entry.Side side, UUID entry) {
        return database.inTransaction(
                connection -> {
                    VersionStore.lock(connection, tenant);
                    boolean deleted;
                    try (PreparedStatement statement =
                            connection.prepareStatement(
                                    "DELETE FROM risk_entry WHERE tenant = ? AND entry = ? AND list = ?")) {
                        statement.setLong(1, tenant);
                        statement.setObject(2, entry);
                        statement.setString(3, side.text());
                        deleted = statement.executeUpdate() == 1;
                    }
                    if (deleted) {
                        VersionStore.changed(connection, tenant);
                    }
                    return deleted;
                });
    }

    @SuppressWarnings("NullAway") // JDBC takes null for a value that is not there.
    private static OffsetDateTime time(Optional<Instant> time) {
        return time.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null);
    }

    private static Entry row(ResultSet row) throws SQLException {
        return new Entry(
                row.getObject("entry", UUID.class),
                Entry.Side.parse(row.getString("list")),
                Entry.Kind.parse(row.getString("kind")),
                row.getString("value"),
                row.getString("shown"),
                Optional.ofNullable(row.getString("reason")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject("expires_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
    }
}
