package io.oqim.concurrent;

import java.time.Duration;

/**
 * Interrupts the thread that began it when its time is over and it has not been closed: on a
 * virtual thread, that ends a read or write of a socket, and closes the socket.
 *
 * <p>Begun and closed by the same thread. No interrupt of its own is left behind after closing.
 */
public final class TimeLimit implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final Alarm alarm;
    private boolean closed;
    private boolean over;

    private TimeLimit(Duration time) {
        alarm = Alarm.in(time, this::ring);
    }

    /** From now on. */
    public static TimeLimit of(Duration time) {
        return new TimeLimit(time);
    }

    private synchronized void ring() {
        if (!closed) {
            over = true;
            thread.interrupt();
        }
    }

    /** Whether it was reached before it was closed. */
    public synchronized boolean isOver() {
        return over;
    }

    @Override
    public void close() {
        alarm.off();
        if (isReached()) {
            boolean ignored = Thread.interrupted();
        }
    }

    private synchronized boolean isReached() {
        boolean first = !closed;
        closed = true;
        return first && over;
    }
}
