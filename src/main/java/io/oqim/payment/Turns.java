package io.oqim.payment;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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

    /** Waits for its turn, however long that takes. */
    <T> T take(UUID payment, Supplier<T> work) {
        Turn turn = turns.compute(payment, (id, there) -> joined(there));
        turn.lock.lock();
        try {
            return work.get();
        } finally {
            turn.lock.unlock();
            turns.computeIfPresent(payment, (id, there) -> --there.users == 0 ? null : there);
        }
    }

    private static Turn joined(@org.jspecify.annotations.Nullable Turn there) {
        Turn turn = there == null ? new Turn() : there;
        turn.users++;
        return turn;
    }
}
