package io.oqim.concurrent;

import java.time.Duration;
import java.util.Arrays;

/**
 * How long virtual threads that could go on wait for a carrier: the sign of a process that has more
 * to compute than cores. Taken by starting one, about fifty times a second.
 *
 * <p>Of the last few looks the shortest counts: a pause of the collector is no lack of cores.
 */
public final class Pulse implements AutoCloseable {
    private static final Duration BETWEEN = Duration.ofMillis(10);
    private static final int LOOKS = 16;

    private final long[] looks = new long[LOOKS];
    private int next;
    private long beganAt;
    private boolean waiting;
    private volatile long shortest;
    private volatile boolean closed;

    public void start() {
        beat();
    }

    private void beat() {
        if (!closed) {
            // First, so that nothing that goes wrong below is the last look.
            Alarm ignored = Alarm.in(BETWEEN, this::beat);
        }
        if (isWaiting()) {
            note(System.nanoTime());
        } else {
            var ignored = Thread.ofVirtual().name("pulse").start(this::arrive);
        }
    }

    /** Begins a look, unless one still waits. */
    private synchronized boolean isWaiting() {
        if (waiting) {
            return true;
        }
        waiting = true;
        beganAt = System.nanoTime();
        return false;
    }

    private synchronized void arrive() {
        note(System.nanoTime());
        waiting = false;
    }

    private synchronized void note(long now) {
        looks[next] = now - beganAt;
        next = (next + 1) % LOOKS;
        shortest = Arrays.stream(looks).min().orElse(0);
    }

    /** In nanoseconds. */
    public long delay() {
        return shortest;
    }

    @Override
    public void close() {
        closed = true;
    }
}
