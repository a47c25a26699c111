package io.oqim.risk;

import io.oqim.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The table risk_version: whether what a tenant's risk is judged by has changed. */
final class VersionStore {
    private final Database database;

    VersionStore(Database database) {
        this.database = database;
    }

    /** Of these tenants; none for those of which nothing was ever said. */
    Map<Long, Long> of(List<Long> tenants) {
        Map<Long, Long> versions = new HashMap<>();
        database.query(
                        "SELECT v.tenant, v.version FROM risk_version v WHERE v.tenant = ANY (?)",
                        row -> Map.entry(row.getLong(1), row.getLong(2)),
                        (Object) tenants.toArray(Long[]::new))
                .forEach(entry -> versions.put(entry.getKey(), entry.getValue()));
        return versions;
    }

    /** One change at a time of what a tenant's risk is judged by. */
    static void lock(Connection connection, long tenant) throws SQLException {
        execute(
                connection,
                tenant,
                "INSERT INTO risk_version AS v (tenant, version) VALUES (?, 1)"
                        + " ON CONFLICT (tenant) DO UPDATE SET version = v.version");
    }

    /**
     * There is another version. By the clock, so that one that a failover has lost does not come
     * again for something else.
     */
    static void changed(Connection connection, long tenant) throws SQLException {
        execute(
                connection,
                tenant,
                "UPDATE risk_version SET version = greatest(version + 1,"
                        + " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) WHERE tenant = ?");
    }

    private static void execute(Connection connection, long tenant, String sql)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, tenant);
            int ignored = statement.executeUpdate();
        }
    }
}
