package io.oqim.store;

import io.oqim.config.DatabaseConfig;
import java.util.Map;
import org.flywaydb.core.Flyway;

/** Brings the schema up to date, as the role that owns it. Blocks until done. */
public final class Migrations {
    private Migrations() {}

    /**
     * Runs the migrations of db/, and before them makes the role that runs where it is missing;
     * returns how many were applied.
     */
    public static int run(DatabaseConfig config) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(config.url(), config.migrateUser(), config.migratePassword().reveal())
                .locations("classpath:db")
                .placeholders(Map.of("run_role", quoted(config.user())))
                .callbacks(new RunningRole(config))
                .connectRetries(config.migrateRetries())
                .validateMigrationNaming(true)
                .load()
                .migrate()
                .migrationsExecuted;
    }

    /** An identifier may be any text. */
    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
