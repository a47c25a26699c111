package io.oqim.concurrent;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A long-lived loop on one named virtual thread: a turn, a pause, and so on until it is closed.
 *
 * <p>Closing never interrupts a turn, because an interrupt in the middle of a database call costs a
 * connection; it only ends the pause.
 */
public final class Loop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Loop.class.getName());
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Thread thread;
    private final Supplier<Duration> turn;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closing;

    /**
     * @param turn does the work and says how long to pause after it; should look at {@link
     *     #closing()} when it takes long
     */
    public Loop(String name, Supplier<Duration> turn) {
        this.turn = turn;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Whether it is about to end. */
    public boolean closing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (!closing()) {
            Duration pause = AFTER_FAILURE;
            try {
                pause = turn.get();
            } catch (RuntimeException | Error e) {
                // A loop that ends in silence would be missed much later.
                LOG.log(System.Logger.Level.ERROR, "a turn failed; the loop goes on", e);
            }
            pause(pause);
        }
    }

    private void pause(Duration pause) {
        lock.lock();
        try {
            boolean ignored = Wait.until(() -> closing, lock, changed, pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing = true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends after the turn at hand; waits for that up to {@code patience}. */
    public boolean close(Duration patience) {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (thread.getState() == Thread.State.NEW) {
            return true;
        }
        try {
            return thread.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        var ignored = close(Duration.ofSeconds(2));
    }
}
