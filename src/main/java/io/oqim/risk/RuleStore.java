package io.oqim.risk;

import io.oqim.http.Json;
import io.oqim.store.Database;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** The table risk_rules. */
final class RuleStore {
    private final Database database;

    RuleStore(Database database) {
        this.database = database;
    }

    /** A version of a tenant's rules, and when it was made. */
    record Kept(Rules rules, Instant created) {}

    /** The newest version, which holds; empty while there is none. */
    Optional<Kept> newest(long tenant) {
        return database.first(
                """
                SELECT r.version, r.rules::text AS rules, r.created_at FROM risk_rules r
                WHERE r.tenant = ? ORDER BY r.version DESC LIMIT 1""",
                RuleStore::row,
                tenant);
    }

    Optional<Kept> version(long tenant, long version) {
        return database.first(
                """
                SELECT r.version, r.rules::text AS rules, r.created_at FROM risk_rules r
                WHERE r.tenant = ? AND r.version = ?""",
                RuleStore::row,
                tenant,
                version);
    }

    /** Adds a version, which holds from now on, unless the newest says the same. */
    Kept add(long tenant, Rules rules) {
        Optional<Kept> newest = newest(tenant);
        if (newest.filter(last -> rules.of(last.rules().version()).equals(last.rules()))
                .isPresent()) {
            return newest.get();
        }
        return database.inTransaction(
                connection -> {
                    VersionStore.lock(connection, tenant);
                    Kept kept;
                    try (PreparedStatement statement =
                            connection.prepareStatement(
                                    """
                                    INSERT INTO risk_rules AS r (tenant, version, rules)
                                    SELECT ?, coalesce(max(o.version), 0) + 1, ?::jsonb FROM risk_rules o
                                    WHERE o.tenant = ?
                                    RETURNING r.version, r.rules::text AS rules, r.created_at""")) {
                        statement.setLong(1, tenant);
                        statement.setString(2, text(rules));
                        statement.setLong(3, tenant);
                        try (ResultSet rows = statement.executeQuery()) {
                            if (!rows.next()) {
                                throw new SQLException("an insert without a row");
                            }
                            kept = row(rows);
                        }
                    }
                    VersionStore.changed(connection, tenant);
                    return kept;
                });
    }

    private static String text(Rules rules) {
        byte[] json =
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            RulesJson.write(out, rules);
                            out.writeEnd();
                        });
        return new String(json, StandardCharsets.UTF_8);
    }

    private static Kept row(ResultSet row) throws SQLException {
        byte[] text = row.getString("rules").getBytes(StandardCharsets.UTF_8);
        Rules rules = RulesJson.read(Json.object(text));
        return new Kept(
                rules.of(row.getLong("version")),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
