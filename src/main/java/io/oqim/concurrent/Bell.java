package io.oqim.concurrent;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one thread wait until another has something for it; rings before the wait are not lost. */
public final class Bell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();

    /** Read and written under the lock. */
    private boolean ringing;

    /** Ends the wait, or the next one. Never blocks for long. */
    public void ring() {
        lock.lock();
        try {
            ringing = true;
            rung.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it was rung since the last time; false when time was over before. */
    public boolean await(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            boolean was = Wait.until(() -> ringing, lock, rung, patience);
            ringing = false;
            return was;
        } finally {
            lock.unlock();
        }
    }
}
