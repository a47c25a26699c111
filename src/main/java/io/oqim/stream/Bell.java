package io.oqim.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A thread of a request that waits until there is something to read. */
final class Bell implements Follower {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();

    @GuardedBy("lock")
    private boolean ringing;

    @Override
    public void wake() {
        lock.lock();
        try {
            ringing = true;
            rung.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it was rung since the last time; false when time was over before. */
    boolean await(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!ringing && left > 0) {
                left = rung.awaitNanos(left);
            }
            boolean was = ringing;
            ringing = false;
            return was;
        } finally {
            lock.unlock();
        }
    }
}
