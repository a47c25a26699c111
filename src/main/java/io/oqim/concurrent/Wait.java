package io.oqim.concurrent;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Waits on conditions that end by themselves, at the price of an {@link Alarm}. */
public final class Wait {
    private final ReentrantLock lock;
    private final Condition changed;
    private boolean over;

    private Wait(ReentrantLock lock, Condition changed) {
        this.lock = lock;
        this.changed = changed;
    }

    /**
     * Waits until it is so, or {@code patience} is over; says whether it is so.
     *
     * @param lock held by the caller, and given up while it waits
     * @param changed signalled whenever it may have become so
     */
    public static boolean until(
            BooleanSupplier so, ReentrantLock lock, Condition changed, Duration patience)
            throws InterruptedException {
        if (so.getAsBoolean() || patience.compareTo(Duration.ZERO) <= 0) {
            return so.getAsBoolean();
        }
        Wait wait = new Wait(lock, changed);
        Alarm alarm = Alarm.in(patience, wait::ring);
        try {
            while (!so.getAsBoolean() && !wait.over) {
                changed.await();
            }
            return so.getAsBoolean();
        } finally {
            alarm.off();
        }
    }

    /**
     * On the thread of all alarms, which waits for nobody: a lock that is held is another's wait.
     */
    private void ring() {
        if (lock.tryLock()) {
            endAndUnlock();
        } else {
            var ignored = Thread.ofVirtual().name("alarm-wait").start(this::end);
        }
    }

    private void end() {
        lock.lock();
        endAndUnlock();
    }

    private void endAndUnlock() {
        try {
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
