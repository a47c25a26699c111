package io.oqim.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Where in the file the durable rows stand: the offset of every {@value #STEP}th. */
final class RowIndex {
    private static final int STEP = 256;

    private final ReentrantLock lock = new ReentrantLock();

    /** Offset of the rows 1, 1 + STEP, 1 + 2 STEP and so on. */
    @GuardedBy("lock")
    private final List<Long> offsets = new ArrayList<>();

    @GuardedBy("lock")
    private long last;

    /** A known place at or before a row: the number and the offset of a line's beginning. */
    record Place(long seq, long offset) {}

    void add(long seq, long offset) {
        lock.lock();
        try {
            if ((seq - 1) % STEP == 0) {
                offsets.add(offset);
            }
            last = seq;
        } finally {
            lock.unlock();
        }
    }

    /** The number of the last durable row, or 0. */
    long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** The nearest known place at or before a durable row. */
    Place before(long seq) {
        lock.lock();
        try {
            int slot = Math.toIntExact((seq - 1) / STEP);
            return new Place((long) slot * STEP + 1, offsets.get(slot));
        } finally {
            lock.unlock();
        }
    }
}
