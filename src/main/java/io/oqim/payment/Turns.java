package io.oqim.payment;

import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One after the other for what changes a payment from what it read, in this process. Only saves
 * work: the version guards each change, so that two processes, or two of these, do no harm.
 */
final class Turns {
    private static final int STRIPES = 1024;

    private final ReentrantLock[] locks = new ReentrantLock[STRIPES];

    Turns() {
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new ReentrantLock(true);
        }
    }

    /** Waits for its turn, however long that takes. */
    <T> T take(UUID payment, Supplier<T> work) {
        ReentrantLock lock = locks[Math.floorMod(payment.hashCode(), STRIPES)];
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
