package io.oqim.store;

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
    private final Thread thread;

    public Upkeep(Database database, List<String> statements, Duration pause) {
        this.database = database;
        this.statements = List.copyOf(statements);
        this.pause = pause;
        this.thread = Thread.ofVirtual().name("upkeep").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        while (true) {
            boolean done = once();
            try {
                Thread.sleep(done ? pause : AFTER_FAILURE);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean once() {
        try {
            for (String statement : statements) {
                int ignored = database.execute(statement);
            }
            return true;
        } catch (StoreException e) {
            LOG.warn("upkeep failed and is tried again: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
