package io.oqim.store;

import io.oqim.concurrent.Loop;
import io.oqim.config.UpkeepConfig;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs at the start and once in a while: statements, and the removal of what is old. */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final Database database;
    private final List<String> statements;
    private final List<Sweep> sweeps;
    private final UpkeepConfig config;
    private final Loop loop = new Loop("upkeep", this::turn);

    /**
     * Rows of a table that are removed when they are old.
     *
     * @param table with a column {@code created_at}
     * @param condition what else must be so
     */
    public record Sweep(String table, Duration keep, String condition) {
        public Sweep(String table, Duration keep) {
            this(table, keep, "true");
        }
    }

    public Upkeep(
            Database database, List<String> statements, List<Sweep> sweeps, UpkeepConfig config) {
        this.database = database;
        this.statements = List.copyOf(statements);
        this.sweeps = List.copyOf(sweeps);
        this.config = config;
    }

    public void start() {
        loop.start();
    }

    private Duration turn() {
        try {
            for (String statement : statements) {
                int ignored = database.execute(statement);
            }
            sweeps.forEach(this::sweep);
            return config.every();
        } catch (StoreException e) {
            LOG.warn("upkeep failed and is tried again: {}", e.getMessage());
            return config.retry();
        }
    }

    /** In small statements, so that none holds locks or a snapshot for long. */
    private void sweep(Sweep sweep) {
        String some =
                "DELETE FROM "
                        + sweep.table()
                        + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM "
                        + sweep.table()
                        + " WHERE created_at < now() - make_interval(secs => ?) AND "
                        + sweep.condition()
                        + " LIMIT ?))";
        int removed = config.batch();
        while (removed == config.batch() && !loop.closing()) {
            removed = database.execute(some, (double) sweep.keep().toSeconds(), config.batch());
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
