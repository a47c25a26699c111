package io.oqim.sandbox;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that the bank does on its own, now or later: one sleeping virtual thread each. What is not
 * done at the end is left; the books know what is still open.
 */
final class Errands implements AutoCloseable {
    static final int MAX_ERRANDS = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(Errands.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Semaphore room = new Semaphore(MAX_ERRANDS);
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("sandbox-errand-", 0).factory());

    /** What is to be done; an interrupt means that the sandbox closes. */
    @FunctionalInterface
    interface Errand {
        void run() throws InterruptedException;
    }

    boolean hasRoom() {
        return room.availablePermits() > 0;
    }

    /** Returns false when there are too many errands already. */
    boolean run(Duration delay, Errand errand) {
        if (!room.tryAcquire()) {
            LOG.warn("an errand is dropped: {} wait already", MAX_ERRANDS);
            return false;
        }
        threads.execute(
                () -> {
                    try {
                        Thread.sleep(delay.isNegative() ? Duration.ZERO : delay);
                        errand.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException e) {
                        LOG.warn("an errand failed", e);
                    } finally {
                        room.release();
                    }
                });
        return true;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("some errands did not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
