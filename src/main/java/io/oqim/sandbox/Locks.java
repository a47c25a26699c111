package io.oqim.sandbox;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * One lock for each reference, out of a fixed set.
 *
 * <p>An operation on a payment holds its own reference's lock and that of the reference that opened
 * the payment, always in the order of the set, so that no two callers can wait for each other.
 */
final class Locks {
    private static final int SIZE = 8_192;

    private final ReentrantLock[] locks =
            IntStream.range(0, SIZE)
                    .mapToObj(i -> new ReentrantLock())
                    .toArray(ReentrantLock[]::new);

    <T> T holding(String reference, String other, Supplier<T> work) {
        int one = indexOf(reference);
        int two = indexOf(other);
        ReentrantLock first = locks[Math.min(one, two)];
        ReentrantLock second = locks[Math.max(one, two)];
        first.lock();
        try {
            // The same lock twice is fine: it is reentrant.
            second.lock();
            try {
                return work.get();
            } finally {
                second.unlock();
            }
        } finally {
            first.unlock();
        }
    }

    private static int indexOf(String reference) {
        int hash = reference.hashCode();
        return (hash ^ (hash >>> 16)) & (SIZE - 1);
    }
}
