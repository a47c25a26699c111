package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.config.DatabaseConfig;
import io.oqim.dev.PostgresServer;
import io.oqim.store.Statements.Known;
import io.oqim.testing.Infra;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Each statement finds the rows of a tenant's table by the first column of an index: what reads a
 * whole table is quick in every test, and takes the database with it once there are millions.
 */
class IndexesIT {
    /** Statements that are meant to look at all there is, or all that is due. */
    private static final List<Known> KNOWN =
            List.of(
                    new Known("AuditStore", "", "looks at everything, once a night"),
                    new Known("CheckpointStore", "JOIN LATERAL", "which logs have grown"),
                    new Known("ConsumerStore", "SELECT count(*)", "as many as a tenant may have"),
                    new Known("DataKeyStore", "DISTINCT ON (kek)", "one of each, at the start"),
                    new Known("DataKeyStore", "d.tenant = ?", "one for each month of a tenant's"),
                    new Known("DeliveryStore", "SELECT count(*)", "how much is left to do"),
                    new Known("DisputeAuditStore", "", "looks at everything, once a night"),
                    new Known("DisputeStore", "SELECT count(*)", "how much is left to do"),
                    new Known("DisputeStore", "FROM dispute d$", "begins statements"),
                    new Known("DisputeStore", "FROM dispute_file f$", "begins statements"),
                    new Known("DisputeStore", "FROM dispute d <<>>", "a tenant's newest"),
                    new Known("DueStore", "a.unsettled IS NOT NULL", "the operator's queue"),
                    new Known("DueStore", "SELECT (SELECT count(*)", "how much is left to do"),
                    new Known("EndpointStore", "SELECT count(*)", "as many as a tenant may have"),
                    new Known("EndpointStore", "SELECT DISTINCT tenant", "whom a worker serves"),
                    new Known("EndpointStore", "SKIP LOCKED", "what a worker has to send"),
                    new Known("EntryStore", "SELECT count(*)", "as many as a tenant may have"),
                    new Known(
                            "EntryStore",
                            "DELETE FROM risk_entry WHERE tenant = ? AND expires_at",
                            "those, now and then"),
                    new Known(
                            "EntryStore",
                            "WHERE e.tenant = ? AND (e.expires_at",
                            "those, when they have changed"),
                    new Known("LedgerStore", "due_at <= now()", "what becomes available"),
                    new Known("OperationStore", "ON t.tenant = a.tenant$", "begins statements"),
                    new Known("PaymentStore", "<<>><<>>$", "a tenant's newest, or by reference"),
                    new Known("PaymentStore", "metadata @>", "of a tenant's newest"),
                    new Known("RuleStore", "r.version DESC LIMIT 1", "the newest"),
                    new Known("RuleStore", "max(o.version)", "the newest"),
                    new Known("SignatureKeyStore", "", "a tenant's few keys"),
                    new Known("TokenStore", "t.status = 'pending'", "those that are pending"),
                    new Known("TokenWrites", "t.status = 'pending'", "those, or by their keys"));

    /** Statements that are put together in other ways: what they are then is in none of them. */
    private static final List<Known> UNEXPLAINED =
            List.of(
                    new Known("DueStore", "WHERE %s", "by a bank's next questions, or a reference"),
                    new Known("EndpointStore", "DELETE FROM <<>>", "tables by their keys"),
                    new Known("EventLog", "ensure_event_partitions(", "no table"),
                    new Known("LedgerStore", "FROM posting <<>>", "a tenant's, by time"),
                    new Known("RetentionStore", "FROM <<>> e", "a partition's last of each log"),
                    new Known("Upkeep", "DELETE FROM <<>>", "what is old, some at a time"));

    /** A table of which a statement reads all, or all of one tenant. */
    private record Found(Statements.Statement statement, String table, String how) {}

    private static final int ROWS = 20_000;

    private static PostgresServer postgres;
    private static Connection connection;
    private static final Set<String> filled = new HashSet<>();
    private static Map<String, List<String>> leading;

    @BeforeAll
    static void start() throws Exception {
        postgres =
                Infra.postgres(Path.of("target", "it", "indexes-" + ProcessHandle.current().pid()));
        DatabaseConfig config =
                MigrationsIT.config(
                        postgres, "indexes", PostgresServer.RUN_ROLE, PostgresServer.PASSWORD);
        int ignored = Migrations.run(config);
        // Simple: what has parameters is explained without any.
        connection =
                DriverManager.getConnection(
                        postgres.url("indexes") + "?preferQueryMode=simple",
                        PostgresServer.MIGRATE_ROLE,
                        PostgresServer.PASSWORD);
        try (Statement statement = connection.createStatement()) {
            for (String table : Distribution.BY_TENANT) {
                statement.execute(filled(table));
            }
            statement.execute(
                    "INSERT INTO tenant (tenant, merchant, mode, name)"
                            + " SELECT i, gen_random_uuid(), 'test', 'x' FROM generate_series(0, 49) AS i");
            statement.execute("ANALYZE");
            // Partitions too, where there is something in them.
            try (ResultSet tables =
                    statement.executeQuery(
                            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 50"
                                    + " AND relnamespace = 'public'::regnamespace")) {
                while (tables.next()) {
                    filled.add(tables.getString(1));
                }
            }
        }
        leading = leadingColumns();
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        postgres.close();
    }

    @Test
    void eachStatementFindsItsRowsByAnIndex() throws Exception {
        List<Found> found = new ArrayList<>();
        List<Statements.Statement> all = statements();
        for (Statements.Statement statement : all) {
            if (UNEXPLAINED.stream().noneMatch(known -> known.is(statement))) {
                found.addAll(explained(statement));
            }
        }

        assertThat(found)
                .filteredOn(each -> KNOWN.stream().noneMatch(known -> known.is(each.statement())))
                .isEmpty();
        assertThat(KNOWN)
                .filteredOn(known -> found.stream().noneMatch(each -> known.is(each.statement())))
                .as("known, and not there any more")
                .isEmpty();
        assertThat(UNEXPLAINED).allMatch(known -> all.stream().anyMatch(known::is));
    }

    @Test
    void oneThatDoesNotIsFound() throws Exception {
        assertThat(
                        explained(
                                new Statements.Statement(
                                        "X", "SELECT 1 FROM attempt WHERE payment = ?")))
                .hasSize(1);
        assertThat(
                        explained(
                                new Statements.Statement(
                                        "X",
                                        "SELECT 1 FROM attempt WHERE tenant = ? AND number = ?")))
                .hasSize(1);
        assertThat(
                        explained(
                                new Statements.Statement(
                                        "X",
                                        "SELECT 1 FROM payment WHERE tenant = ? AND card_hash = ?")))
                .hasSize(1);
        assertThat(
                        explained(
                                new Statements.Statement(
                                        "X", "SELECT 1 FROM attempt WHERE operation = ?")))
                .isEmpty();
    }

    private static List<Statements.Statement> statements() throws IOException {
        List<Statements.Statement> all =
                new ArrayList<>(
                        Statements.of(Path.of("src", "main", "java")).stream()
                                .filter(statement -> !statement.sql().contains(":rows"))
                                .toList());
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                if (Files.readString(file).contains("new Write(")) {
                    all.addAll(writes(Path.of("src", "main", "java").relativize(file)));
                }
            }
        }
        return all;
    }

    private static List<Statements.Statement> writes(Path file) {
        String name = file.toString().replace(".java", "").replace('/', '.');
        List<Statements.Statement> writes = new ArrayList<>();
        try {
            for (Field field : Class.forName(name).getDeclaredFields()) {
                if (field.getType().equals(Write.class)) {
                    field.setAccessible(true);
                    writes.add(
                            new Statements.Statement(
                                    name.substring(name.lastIndexOf('.') + 1),
                                    ((Write) field.get(null)).sql()));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return writes;
    }

    private static List<Found> explained(Statements.Statement asked) throws SQLException {
        StringBuilder numbered = new StringBuilder();
        int parameters = 0;
        for (char c : asked.sql().replace(Statements.HOLE, "").toCharArray()) {
            numbered.append(c == '?' ? "$" + ++parameters : String.valueOf(c));
        }
        List<Found> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet plan =
                        statement.executeQuery("EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + numbered)) {
            plan.next();
            JsonObject root =
                    Json.createReader(new StringReader(plan.getString(1)))
                            .readArray()
                            .getJsonObject(0)
                            .getJsonObject("Plan");
            look(root, asked, found);
        } catch (SQLException e) {
            throw new SQLException(asked.owner() + ": " + numbered, e);
        }
        return found;
    }

    private static void look(JsonObject node, Statements.Statement asked, List<Found> found) {
        String type = node.getString("Node Type");
        String table = node.getString("Relation Name", "");
        String index = node.getString("Index Name", "");
        if (type.equals("Seq Scan") && filled.contains(table)) {
            found.add(new Found(asked, table, "reads all of it"));
        }
        String condition = node.getString("Index Cond", "");
        boolean empty = index.startsWith("event_2") && !filled.contains(index.replace("_pkey", ""));
        for (String column : empty ? List.<String>of() : leading.getOrDefault(index, List.of())) {
            if (!condition.matches("(?s).*\\b" + column + "\\b.*")) {
                found.add(
                        new Found(
                                asked,
                                table,
                                "reads all of " + index + ", whatever its " + column));
            }
        }
        for (JsonValue child :
                node.getOrDefault("Plans", JsonValue.EMPTY_JSON_ARRAY).asJsonArray()) {
            look(child.asJsonObject(), asked, found);
        }
    }

    /**
     * Rows of fifty tenants, with any values; what may be null seldom is something. Their rules
     * would ask for more, and are put away.
     */
    private static String filled(String table) throws SQLException {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rules =
                    statement.executeQuery(
                            "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'f') AND conrelid = '"
                                    + table
                                    + "'::regclass")) {
                while (rules.next()) {
                    sql.append("ALTER TABLE " + table + " DROP CONSTRAINT ")
                            .append(rules.getString(1))
                            .append(";");
                }
            }
            try (ResultSet columns =
                    statement.executeQuery(
                            "SELECT attname, atttypid::regtype::text, attnotnull FROM pg_attribute"
                                    + " WHERE attnum > 0 AND NOT attisdropped AND attidentity = ''"
                                    + " AND attrelid = '"
                                    + table
                                    + "'::regclass")) {
                while (columns.next()) {
                    names.add(columns.getString(1));
                    values.add(
                            value(
                                    table,
                                    columns.getString(1),
                                    columns.getString(2),
                                    columns.getBoolean(3)));
                }
            }
        }
        return sql
                + "INSERT INTO "
                + table
                + " ("
                + String.join(", ", names)
                + ") SELECT "
                + String.join(", ", values)
                + " FROM generate_series(1, "
                + ROWS
                + ") AS i";
    }

    private static String value(String table, String name, String type, boolean always) {
        if (name.equals("tenant")) {
            // Some tables have one row for each.
            return Set.of("tenant_head", "event_floor", "risk_version").contains(table)
                    ? "i"
                    : "i % 50";
        }
        if (table.equals("webhook_endpoint") && name.equals("status")) {
            return "'enabled'";
        }
        // Few are active, and there can be no more.
        boolean ended = table.equals("signature_key") && name.equals("revoked_at");
        String value =
                switch (type) {
                    case "bigint", "integer", "numeric" -> "i";
                    case "smallint" -> "i % 3";
                    case "uuid" -> "gen_random_uuid()";
                    case "text" -> "md5(i::text)";
                    case "bytea" -> "decode(md5(i::text), 'hex')";
                    case "jsonb" -> "'{}'::jsonb";
                    case "boolean" -> "i % 2 = 0";
                    case "text[]" -> "ARRAY[md5(i::text)]";
                    case "timestamp with time zone" -> "now() - make_interval(secs => i / 100.0)";
                    default -> throw new IllegalStateException(table + "." + name + " " + type);
                };
        return always || ended ? value : "CASE WHEN i % 50 = 0 THEN " + value + " END";
    }

    /** Of each index the first column, and the second, if the first says only whose a row is. */
    private static Map<String, List<String>> leadingColumns() throws SQLException {
        Map<String, List<String>> columns = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid, 1, true),"
                                        + " pg_get_indexdef(indexrelid, 2, true), indnkeyatts FROM pg_index"
                                        + " WHERE indrelid >= 16384")) {
            while (rows.next()) {
                String first = rows.getString(2);
                columns.put(
                        rows.getString(1),
                        first.equals("tenant") && rows.getInt(4) > 1
                                ? List.of(first, rows.getString(3))
                                : List.of(first));
            }
        }
        return columns;
    }
}
