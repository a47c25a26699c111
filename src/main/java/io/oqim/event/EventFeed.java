package io.oqim.event;

import io.oqim.concurrent.Wait;
import io.oqim.store.Commit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongUnaryOperator;

/**
 * Wakes those who wait for the log to reach a number: by a hint of how far it reaches, so that one
 * that is late, lost or out of order does no harm. Listeners get what this process commits itself.
 *
 * <p>Hints come from this process's own commits, and from other processes through {@link #hint};
 * without any, readers look for themselves once in a while.
 */
public final class EventFeed {
    /** How far each tenant's log is known to reach, while anybody reads it. */
    private final Map<Long, Mark> marks = new ConcurrentHashMap<>();

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Somebody who is told of all that is committed. Must not block. */
    public interface Listener {
        /** This process has committed these; in the order of its tenant's log or not. */
        void committed(List<Commit.Place> places);

        /** Another process's word that a log reaches at least this far. */
        void hint(long tenant, long seq);
    }

    /** A reader's end of the feed; close it when done. */
    public final class Tail implements AutoCloseable {
        private final long tenant;
        private final Mark mark;
        private boolean closed;

        private Tail(long tenant, Mark mark) {
            this.tenant = tenant;
            this.mark = mark;
        }

        /**
         * Waits until the log is known to reach beyond {@code seq}, or until {@code patience} is
         * over; then {@code look} is asked for the head, so that a lost hint delays but never hides
         * an event.
         *
         * @return the head as far as it is known
         */
        public long await(long seq, Duration patience, LongUnaryOperator look)
                throws InterruptedException {
            if (!mark.await(seq, patience)) {
                mark.raise(look.applyAsLong(tenant));
            }
            return mark.seq();
        }

        /**
         * There was nothing after {@code seq} when the log was read, although the feed had said so
         * ({@code hinted}): a hint that was wrong, or of a time before a failover. It is taken
         * back, unless another came meanwhile.
         */
        public void nothingAfter(long seq, long hinted) {
            mark.lower(hinted, seq);
        }

        /** How far the log is said to reach. */
        public long hinted() {
            return mark.seq();
        }

        /** Wakes whoever waits on this tail's log, so that it can see that it should end. */
        public void wake() {
            mark.wake();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                marks.computeIfPresent(tenant, (t, m) -> m.release() ? null : m);
            }
        }
    }

    public Tail follow(long tenant) {
        Mark mark =
                marks.compute(
                        tenant,
                        (t, existing) -> {
                            Mark m = existing == null ? new Mark() : existing;
                            m.retain();
                            return m;
                        });
        return new Tail(tenant, mark);
    }

    /** From now on, tells this one too. */
    public void tell(Listener listener) {
        listeners.add(listener);
    }

    /** The journal's word of a transaction that is on disk. */
    public void committed(List<Commit.Place> places) {
        listeners.forEach(listener -> listener.committed(places));
        places.forEach(place -> raise(place.tenant(), place.seq()));
    }

    /** Somebody's word that a log reaches at least this far. */
    public void hint(long tenant, long seq) {
        listeners.forEach(listener -> listener.hint(tenant, seq));
        raise(tenant, seq);
    }

    private void raise(long tenant, long seq) {
        Mark mark = marks.get(tenant);
        if (mark != null) {
            mark.raise(seq);
        }
    }

    private static final class Mark {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition moved = lock.newCondition();
        private long seq;
        private long wakes;
        private int readers;

        void retain() {
            readers++;
        }

        boolean release() {
            return --readers == 0;
        }

        void raise(long to) {
            lock.lock();
            try {
                if (to > seq) {
                    seq = to;
                    moved.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        void lower(long from, long to) {
            lock.lock();
            try {
                if (seq == from && to < from) {
                    seq = to;
                }
            } finally {
                lock.unlock();
            }
        }

        void wake() {
            lock.lock();
            try {
                wakes++;
                moved.signalAll();
            } finally {
                lock.unlock();
            }
        }

        long seq() {
            lock.lock();
            try {
                return seq;
            } finally {
                lock.unlock();
            }
        }

        /** False when time was over, or somebody woke it, before the mark had moved. */
        boolean await(long beyond, Duration patience) throws InterruptedException {
            lock.lock();
            try {
                long seen = wakes;
                boolean ignored =
                        Wait.until(() -> seq > beyond || wakes != seen, lock, moved, patience);
                return seq > beyond;
            } finally {
                lock.unlock();
            }
        }
    }
}
