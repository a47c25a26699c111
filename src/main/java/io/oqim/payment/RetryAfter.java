package io.oqim.payment;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * How long whoever is refused for want of room is told to wait: for as long as it takes, as things
 * go, until there was room for all who wait. With one second for everybody, thousands who wait
 * would keep a process busy refusing them, and it would get through fewer of them.
 *
 * <p>Who wait are not counted but guessed: as many as were refused in a second, times the seconds
 * after which they come back.
 */
final class RetryAfter {
    private static final double LEAST = 1;

    private final double most;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private long second;
    private long refused;
    private long admitted;
    private double seconds = LEAST;

    /**
     * @param nanos a monotonic clock
     */
    RetryAfter(Duration most, LongSupplier nanos) {
        this.most = Math.max(LEAST, most.toMillis() / 1000.0);
        this.nanos = nanos;
        this.second = nanos.getAsLong();
    }

    /** There was room for one. */
    void admitted() {
        lock.lock();
        try {
            look();
            admitted++;
        } finally {
            lock.unlock();
        }
    }

    /** There was none for one, who shall wait so long; whole seconds. */
    Duration refused() {
        lock.lock();
        try {
            look();
            refused++;
            return Duration.ofSeconds((long) Math.ceil(seconds));
        } finally {
            lock.unlock();
        }
    }

    /** Once a second. */
    private void look() {
        long now = nanos.getAsLong();
        long passed = TimeUnit.NANOSECONDS.toSeconds(now - second);
        if (passed < 1) {
            return;
        }
        double waiting = refused * seconds;
        double needed = waiting / Math.max(1, admitted);
        // Half of the way, so that one second that was unlike the others does not decide.
        seconds = Math.clamp((seconds + needed) / 2, LEAST, most);
        if (passed > most) {
            // Nobody has asked for so long that nobody waits.
            seconds = LEAST;
        }
        second = now;
        refused = 0;
        admitted = 0;
    }
}
