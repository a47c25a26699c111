package io.oqim.payment;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One after the other, in the order of coming, for what changes a payment from what it read, in
 * this process. Only saves work: the version guards each change, so that two processes, or two of
 * these, do no harm.
 */
final class Turns {
    private final Map<UUID, Turn> turns = new ConcurrentHashMap<>();

    /** A payment's lock, while anybody has it or waits for it. */
    private static final class Turn {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int users;
    }

    /** Waits for its turn as long as {@code patience}; nothing when it did not come. */
    <T> Optional<T> take(UUID payment, Duration patience, Supplier<T> work) {
        Turn turn = turns.compute(payment, (id, there) -> joined(there));
        boolean taken = false;
        try {
            taken = turn.lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
            return taken ? Optional.of(work.get()) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            if (taken) {
                turn.lock.unlock();
            }
            leave(payment);
        }
    }

    /** Waits for its turn, however long that takes. */
    <T> T take(UUID payment, Supplier<T> work) {
        Turn turn = turns.compute(payment, (id, there) -> joined(there));
        turn.lock.lock();
        try {
            return work.get();
        } finally {
            turn.lock.unlock();
            leave(payment);
        }
    }

    private void leave(UUID payment) {
        turns.computeIfPresent(payment, (id, there) -> --there.users == 0 ? null : there);
    }

    private static Turn joined(@org.jspecify.annotations.Nullable Turn there) {
        Turn turn = there == null ? new Turn() : there;
        turn.users++;
        return turn;
    }
}
