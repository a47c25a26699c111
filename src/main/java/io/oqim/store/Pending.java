package io.oqim.store;

import io.oqim.concurrent.Wait;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A change on its way through a lane, and the caller who waits for it. */
final class Pending {
    private enum State {
        QUEUED,
        RUNNING,
        DONE
    }

    private final Change change;
    private final Runnable onDone;
    private final long since = System.nanoTime();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();
    private State state = State.QUEUED;
    private @Nullable Commit commit;
    private @Nullable RuntimeException failure;

    /**
     * @param onDone run once, when it is decided what became of the change; must not block
     */
    Pending(Change change, Runnable onDone) {
        this.change = change;
        this.onDone = onDone;
    }

    Change change() {
        return change;
    }

    /** How long ago it was handed over, in nanoseconds. */
    long age() {
        return System.nanoTime() - since;
    }

    boolean isDone() {
        lock.lock();
        try {
            return state == State.DONE;
        } finally {
            lock.unlock();
        }
    }

    boolean isWithdrawn() {
        lock.lock();
        try {
            return commit instanceof Commit.Withdrawn;
        } finally {
            lock.unlock();
        }
    }

    /** Takes it into a transaction; false when its caller has withdrawn it. */
    boolean start() {
        lock.lock();
        try {
            if (state == State.DONE) {
                return false;
            }
            state = State.RUNNING;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The transaction certainly did not commit: it may be withdrawn again. */
    void requeue() {
        lock.lock();
        try {
            if (state == State.RUNNING) {
                state = State.QUEUED;
                done.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void complete(Commit result) {
        finish(result, null);
    }

    void fail(RuntimeException cause) {
        finish(null, cause);
    }

    private void finish(@Nullable Commit result, @Nullable RuntimeException cause) {
        lock.lock();
        try {
            if (state != State.DONE) {
                state = State.DONE;
                commit = result;
                failure = cause;
                onDone.run();
                done.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end, however long it takes; interrupts are kept for later. */
    Commit.Decided await() {
        lock.lock();
        try {
            while (state != State.DONE) {
                done.awaitUninterruptibly();
            }
            return switch (outcome()) {
                case Commit.Decided decided -> decided;
                case Commit.Withdrawn withdrawn ->
                        throw new IllegalStateException("withdrawn by somebody else");
            };
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, and withdraws the change when it is still queued after {@code patience}. A change that
     * is in a transaction by then is waited for, because only its end tells what became of it.
     */
    Commit await(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        lock.lock();
        try {
            while (state != State.DONE) {
                long left = end - System.nanoTime();
                if (left <= 0 && state == State.QUEUED) {
                    state = State.DONE;
                    commit = new Commit.Withdrawn();
                    onDone.run();
                } else if (left <= 0) {
                    done.awaitUninterruptibly();
                } else {
                    interrupted |= isInterrupted(Duration.ofNanos(left));
                }
            }
            return outcome();
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits; whether it was interrupted meanwhile, which the wait does not end by. */
    private boolean isInterrupted(Duration left) {
        try {
            boolean ignored = Wait.until(() -> state == State.DONE, lock, done, left);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private Commit outcome() {
        if (failure != null) {
            throw new ChangeFailed(failure);
        }
        return java.util.Objects.requireNonNull(commit, "commit");
    }
}
