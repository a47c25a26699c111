package io.oqim.event;

import io.oqim.concurrent.Loop;
import io.oqim.config.CheckpointsConfig;
import io.oqim.config.DatabaseConfig;
import io.oqim.config.UpkeepConfig;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes months of the log that are older than is to be kept: first every log's floor is
 * committed, with a signed checkpoint of what was before it; then the partition is taken out and
 * dropped.
 *
 * <p>It needs the role that owns the tables. A worker that does not have its password removes
 * nothing; {@code retain}, the command, does the same once.
 */
public final class Retention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final DatabaseConfig database;
    private final Notary notary;
    private final Duration keep;
    private final UpkeepConfig upkeep;
    private final Loop loop = new Loop("retention", this::turn);

    public Retention(
            DatabaseConfig database, Notary notary, CheckpointsConfig config, UpkeepConfig upkeep) {
        this.database = database;
        this.notary = notary;
        this.keep = Duration.ofDays(config.keepDays());
        this.upkeep = upkeep;
    }

    /** Begins to look once in a while, if it can. */
    public void start() {
        if (!database.migratePassword().isEmpty()) {
            loop.start();
        }
    }

    /** Removes what is too old now; returns how many months that were. */
    public int run() {
        int removed = RetentionStore.remove(database, notary, keep);
        if (removed > 0) {
            LOG.info("{} months of events were removed", removed);
        }
        return removed;
    }

    private Duration turn() {
        try {
            int ignored = run();
            return upkeep.every();
        } catch (RuntimeException e) {
            LOG.warn("old events are removed later: {}", e.getMessage());
            return upkeep.retry();
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
