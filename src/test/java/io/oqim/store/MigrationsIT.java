package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.config.DatabaseConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.dev.PostgresServer;
import io.oqim.testing.Infra;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The schema, and who may use it. */
class MigrationsIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres =
                Infra.postgres(
                        Path.of("target", "it", "migrations-" + ProcessHandle.current().pid()));
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @Test
    void theRoleThatRunsIsMadeWhereItIsMissing() {
        postgres.admin("postgres", "ALTER ROLE " + PostgresServer.MIGRATE_ROLE + " CREATEROLE");
        DatabaseConfig config = config("made", "Run it's", "a 'password'");

        assertThat(Migrations.run(config)).isPositive();

        try (Database database = new Database(config, 1)) {
            assertThat(database.answers()).isTrue();
            assertThat(database.first("SELECT current_user", row -> row.getString(1)))
                    .contains("Run it's");
            assertThatThrownBy(() -> database.execute("DELETE FROM posting"))
                    .isInstanceOf(StoreException.class);
        }
        assertThat(Migrations.run(config)).as("again").isZero();
    }

    @Test
    void aRoleThatIsMissingAndMayNotBeMadeIsSaid() {
        postgres.admin("postgres", "ALTER ROLE " + PostgresServer.MIGRATE_ROLE + " NOCREATEROLE");

        assertThatThrownBy(() -> Migrations.run(config("unmade", "nobody", "x")))
                .hasMessageContaining(
                        "role nobody does not exist, and oqim_migrate cannot create it");
    }

    /** What Citus asks for: each rule that the database keeps is one of rows of one tenant. */
    @Test
    void theTablesCanBeSpreadOverServersByTheirTenant() {
        DatabaseConfig config = config("spread", PostgresServer.RUN_ROLE, PostgresServer.PASSWORD);
        int ignored = Migrations.run(config);
        try (Database database = new Database(config, 1)) {
            Set<String> all = new TreeSet<>(Distribution.BY_TENANT);
            all.addAll(Distribution.EVERYWHERE);

            assertThat(
                            database.query(
                                    """
                                    SELECT relname FROM pg_class
                                    WHERE relkind IN ('r', 'p') AND NOT relispartition
                                        AND relnamespace = 'public'::regnamespace
                                        AND relname <> 'flyway_schema_history'
                                    ORDER BY relname""",
                                    row -> row.getString(1)))
                    .containsExactlyElementsOf(all);
            assertThat(
                            database.query(
                                    """
                                    SELECT c.relname || ' ' || x.relname FROM pg_index i
                                    JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
                                    WHERE i.indisunique AND c.relname = ANY (?) AND NOT EXISTS (
                                        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant'
                                            AND a.attnum = ANY (i.indkey))""",
                                    row -> row.getString(1),
                                    (Object) Distribution.BY_TENANT.toArray(String[]::new)))
                    .as("unique without the tenant")
                    .isEmpty();
            assertThat(
                            database.query(
                                    """
                                    SELECT conname FROM pg_constraint
                                    WHERE contype = 'f' AND conrelid::regclass::text = ANY (?)""",
                                    row -> row.getString(1),
                                    (Object) Distribution.BY_TENANT.toArray(String[]::new)))
                    .as("references to other tables, but of rows of one tenant")
                    .containsExactly("token_data_key");
        }
    }

    private static DatabaseConfig config(String name, String user, String password) {
        return config(postgres, name, user, password);
    }

    /** A database of its own, which only has to be migrated. */
    static DatabaseConfig config(
            PostgresServer postgres, String name, String user, String password) {
        Map<String, String> values = new HashMap<>();
        values.put("admin-key", "an-admin-key-of-thirty-one-char");
        values.put("crypto.key", "a-crypto-key-of-at-least-thirty-two-characters");
        values.put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        values.put("database.url", postgres.database(name));
        values.put("database.user", user);
        values.put("database.password", password);
        values.put("database.migrate-password", PostgresServer.PASSWORD);
        return OqimConfig.from(new Settings(values, Map.of())).database();
    }
}
