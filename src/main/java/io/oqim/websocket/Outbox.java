package io.oqim.websocket;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one socket still has to say, and the virtual thread that writes it, which exists only while
 * there is something. Holds the {@link Ending} too, because order matters: once a frame has been
 * refused, no later one may slip in before the Close.
 */
final class Outbox {
    private final Wire wire;
    private final Settings settings;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final FrameQueue queue;

    @GuardedBy("lock")
    private @Nullable Thread writer;

    /** Written under the lock; looked at by whoever sends, frame by frame, without it. */
    private volatile @Nullable Ending ending;

    @GuardedBy("lock")
    private boolean stopped;

    /** When the write under way began and when the ending was decided; 0 before that. */
    private volatile long writingSince;

    private volatile long endingSince;

    Outbox(Wire wire, Settings settings) {
        this.wire = wire;
        this.settings = settings;
        queue = new FrameQueue(settings);
    }

    /** False if the connection is ending. A full queue ends it, and what waits is dropped. */
    boolean offer(OutboundMessage message) {
        lock.lock();
        try {
            if (ending != null) {
                return false;
            }
            if (!queue.hasRoomFor(message)) {
                queue.clear();
                end(new Ending(CloseCode.SLOW_CONSUMER, "slow consumer"));
                return false;
            }
            queue.add(message);
            wake();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Goes out next: a long queue is no reason to hear nothing from the peer. */
    void ping() {
        lock.lock();
        try {
            if (ending == null) {
                queue.addPing();
                wake();
            }
        } finally {
            lock.unlock();
        }
    }

    void pong(byte[] payload) {
        lock.lock();
        try {
            if (ending == null) {
                queue.addPong(payload);
                wake();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The Close goes out after what waits, unless another ending came first. */
    void close(Ending reason) {
        lock.lock();
        try {
            if (ending == null) {
                end(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The Close goes out next and what waits is dropped, unless another ending came first. */
    void closeNow(Ending reason) {
        lock.lock();
        try {
            if (ending == null) {
                queue.clear();
                end(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nothing is written any more. Interrupts a write under way, which closes the socket.
     *
     * @return the ending, for good
     */
    Ending stop() {
        lock.lock();
        try {
            stopped = true;
            queue.clear();
            if (writer != null && writer != Thread.currentThread()) {
                writer.interrupt();
            }
            Ending known = ending == null ? Ending.ABNORMAL : ending;
            ending = known;
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Why the connection ends, null while it does not. */
    @Nullable Ending ending() {
        return ending;
    }

    /** The thread that writes, null if nothing waits. */
    @Nullable Thread writer() {
        lock.lock();
        try {
            return writer;
        } finally {
            lock.unlock();
        }
    }

    /** Blocks until nothing waits; false if that takes longer or the socket is gone. */
    boolean awaitWritten(Duration timeout) throws InterruptedException {
        Thread current = writer();
        boolean written = current == null || current.join(timeout);
        lock.lock();
        try {
            return written && !stopped;
        } finally {
            lock.unlock();
        }
    }

    boolean isWriteOverdue(long now) {
        return isOver(settings.writeDeadline(), writingSince, now);
    }

    boolean isCloseOverdue(long now) {
        return isOver(settings.closeTimeout(), endingSince, now);
    }

    private static boolean isOver(Duration allowed, long since, long now) {
        return since != 0 && now - since > allowed.toNanos();
    }

    @GuardedBy("lock")
    private void end(Ending reason) {
        ending = reason;
        endingSince = System.nanoTime() | 1;
        queue.add(reason.frame());
        wake();
    }

    @GuardedBy("lock")
    private void wake() {
        if (writer == null) {
            writer = Thread.ofVirtual().name("websocket-writer").start(this::write);
        }
    }

    private void write() {
        try {
            for (byte[] batch = next(); batch != null; batch = next()) {
                writingSince = System.nanoTime() | 1;
                wire.write(batch);
                writingSince = 0;
            }
        } catch (RuntimeException e) {
            // The socket is gone, and closing it wakes the reader, which ends the connection.
            writingSince = 0;
            stop();
            wire.close();
        }
    }

    /** The next batch; null if there is none, and from then on this thread is not the writer. */
    private byte @Nullable [] next() {
        lock.lock();
        try {
            byte[] batch = queue.nextBatch();
            if (batch == null) {
                writer = null;
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }
}
