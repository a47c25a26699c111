package io.oqim.risk;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The table risk_version: whether what a tenant's risk is judged by has changed. */
final class VersionStore {
    private VersionStore() {}

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
