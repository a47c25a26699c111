package io.oqim.stream;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Places that are given in the order of asking. Unlike with a semaphore, who waits can look up once
 * in a while whether he still wants a place, without losing his turn.
 */
final class ReadPlaces {
    /** How long nobody looks. */
    private static final long LOOK_MILLIS = 250;

    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<CountDownLatch> waiting = new ArrayDeque<>();
    private int free;

    ReadPlaces(int places) {
        this.free = places;
    }

    /**
     * Waits for a place; {@link #leave} gives it back.
     *
     * @return false when it is not wanted, or not any more
     */
    boolean enter(BooleanSupplier wanted) throws InterruptedException {
        if (!wanted.getAsBoolean()) {
            return false;
        }
        CountDownLatch turn = new CountDownLatch(1);
        lock.lock();
        try {
            if (free > 0) {
                free--;
                return true;
            }
            waiting.add(turn);
        } finally {
            lock.unlock();
        }
        boolean mine = false;
        try {
            while (!mine && wanted.getAsBoolean()) {
                mine = turn.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
            return mine;
        } finally {
            if (!mine) {
                giveUp(turn);
            }
        }
    }

    private void giveUp(CountDownLatch turn) {
        lock.lock();
        try {
            if (!waiting.remove(turn)) {
                // It was given a place just now.
                leave();
            }
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            CountDownLatch next = waiting.poll();
            if (next == null) {
                free++;
            } else {
                next.countDown();
            }
        } finally {
            lock.unlock();
        }
    }
}
