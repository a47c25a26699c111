package io.oqim.store;

import io.oqim.concurrent.Loop;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs statements at the start and once in a while: partitions made ahead, old marks swept. */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final Database database;
    private final List<String> statements;
    private final Duration pause;
    private final Loop loop = new Loop("upkeep", this::turn);

    public Upkeep(Database database, List<String> statements, Duration pause) {
        this.database = database;
        this.statements = List.copyOf(statements);
        this.pause = pause;
    }

    public void start() {
        loop.start();
    }

    private Duration turn() {
        try {
            for (String statement : statements) {
                int ignored = database.execute(statement);
            }
            return pause;
        } catch (StoreException e) {
            LOG.warn("upkeep failed and is tried again: {}", e.getMessage());
            return AFTER_FAILURE;
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
