package io.oqim;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting for a condition. */
public final class Until {
    private static final Duration MOST = Duration.ofSeconds(30);

    private Until() {}

    /** Looks until the value is as wanted; fails with the last value seen. */
    public static <T> T is(Supplier<T> value, Predicate<T> wanted) {
        return is(MOST, value, wanted);
    }

    public static <T> T is(Duration most, Supplier<T> value, Predicate<T> wanted) {
        long end = System.nanoTime() + most.toNanos();
        while (true) {
            T seen = value.get();
            if (wanted.test(seen)) {
                return seen;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not so within " + most + "; last seen: " + seen);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }
}
