package io.oqim.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What an answer still has to say, and the deadline for saying it: a reader that is too slow is cut
 * off. Belongs to the thread that made it; others only tell it the time.
 */
final class Outlet {
    private final OutputStream out;
    private final Duration deadline;
    private final ByteArrayOutputStream ready = new ByteArrayOutputStream(1024);
    private final Thread thread = Thread.currentThread();
    private final ReentrantLock clock = new ReentrantLock();

    /** When the write under way began; 0 when there is none. */
    @GuardedBy("clock")
    private long writingSince;

    /**
     * @param deadline how long one write may block
     */
    Outlet(OutputStream out, Duration deadline) {
        this.out = out;
        this.deadline = deadline;
    }

    void add(byte[] bytes) {
        ready.writeBytes(bytes);
    }

    /** Bytes that wait to be written. */
    int waiting() {
        return ready.size();
    }

    /**
     * Writes what waits. Blocks; the connection is of no use after it has thrown.
     *
     * @return whether there was anything
     */
    boolean flush() throws IOException {
        if (ready.size() == 0) {
            return false;
        }
        writing(System.nanoTime() | 1);
        try {
            ready.writeTo(out);
            out.flush();
        } finally {
            writing(0);
            ready.reset();
        }
        return true;
    }

    private void writing(long since) {
        clock.lock();
        try {
            writingSince = since;
        } finally {
            clock.unlock();
        }
        if (since == 0) {
            // Whatever the clock did at the last moment does not follow this thread.
            boolean ignored = Thread.interrupted();
        }
    }

    /** An interrupt closes the socket on which a virtual thread blocks. Must not block itself. */
    void tick(long now) {
        clock.lock();
        try {
            if (writingSince != 0 && now - writingSince > deadline.toNanos()) {
                thread.interrupt();
            }
        } finally {
            clock.unlock();
        }
    }
}
