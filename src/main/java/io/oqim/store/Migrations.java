package io.oqim.store;

import io.oqim.config.DatabaseConfig;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/** Brings the schema up to date, as the role that owns it. Blocks until done. */
public final class Migrations {
    private Migrations() {}

    /**
     * Runs the migrations of db/, and before them makes the role that runs where it is missing;
     * returns how many were applied.
     */
    public static int run(DatabaseConfig config) {
        FluentConfiguration flyway = Flyway.configure(Migrations.class.getClassLoader());
        // An index that is built beside payments waits for all transactions to end, also for one
        // that only keeps other migrations out: that is done without.
        flyway.getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return flyway.dataSource(
                        config.url(), config.migrateUser(), config.migratePassword().reveal())
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
