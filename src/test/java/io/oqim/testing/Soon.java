package io.oqim.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what must come true within moments. */
public final class Soon {
    private static final Duration MOST = Duration.ofSeconds(10);

    private Soon() {}

    /** Looks until it is so; fails when it is not within ten seconds. */
    public static void until(String what, BooleanSupplier condition) {
        until(MOST, what, condition);
    }

    /** Looks until it is so; fails when it is not within this time. */
    public static void until(Duration most, String what, BooleanSupplier condition) {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + most + ": " + what);
            }
            LockSupport.parkNanos(200_000);
        }
    }

    /** Until the thread waits without an end in sight. */
    public static void waits(Thread thread) {
        until(thread + " waits", () -> thread.getState() == Thread.State.WAITING);
    }

    /** Until the thread waits up to a moment. */
    public static void waitsForAWhile(Thread thread) {
        until(thread + " waits", () -> thread.getState() == Thread.State.WAITING);
    }

    /** Until the thread has ended. */
    public static void ends(Thread thread) {
        until(thread + " ends", () -> thread.getState() == Thread.State.TERMINATED);
    }
}
