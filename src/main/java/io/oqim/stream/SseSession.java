package io.oqim.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oqim.concurrent.Bell;
import io.oqim.event.EventFilter;
import io.oqim.event.EventLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One client on {@code GET /v1/events/stream}: server-sent events (WHATWG HTML, section 9.2), on
 * the thread of its request.
 *
 * <p>Events have no {@code event} field, so that a client gets those of types that it does not know
 * too; {@code hello}, {@code caught_up}, {@code resync_required} and {@code closing} are Oqim's own
 * and have one. The {@code id} is the sequence number.
 */
final class SseSession implements Session {
    private static final int FLUSH_BYTES = 16 * 1024;
    private static final int SKIPPED_MOST = 1000;
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] END = ascii("\n\n");

    private final StreamParts parts;
    private final Session.Opener opener;
    private final EventFilter filter;
    private final Cursor cursor;
    private final LiveTail tail;
    private final Bell bell = new Bell();
    private final Follower follower = bell::ring;
    private final ByteArrayOutputStream ready = new ByteArrayOutputStream(1024);
    private final Thread thread = Thread.currentThread();
    private final long opened = System.nanoTime();
    private long told;
    private volatile String closing = "";

    private final ReentrantLock clock = new ReentrantLock();

    /** When the write under way began; 0 when there is none. */
    @GuardedBy("clock")
    private long writingSince;

    SseSession(StreamParts parts, Session.Opener opener, EventFilter filter) {
        this.parts = parts;
        this.opener = opener;
        this.filter = filter;
        this.tail = parts.tails().follow(opener.tenant(), follower);
        this.cursor = new Cursor(parts.pages(), tail, () -> closing.isEmpty());
    }

    /**
     * Goes to where the client wants to read on. Blocks on the database.
     *
     * @throws ResyncRequired when the log has no such place
     */
    EventLog.Bounds start(Cursor.Start start) throws ResyncRequired, InterruptedException {
        told = start.after();
        return cursor.start(start);
    }

    /** Writes until the client is gone, too slow, or sent away. */
    void run(EventLog.Bounds bounds, OutputStream out) throws IOException {
        parts.sessions().add(this);
        try {
            say("hello", Frames.bounds(bounds));
            follow(bounds.head(), out);
        } catch (ResyncRequired e) {
            say("resync_required", Frames.bounds(e.bounds()));
            write(out);
        } catch (InterruptedException e) {
            // It was told to close while it read.
        } finally {
            parts.sessions().remove(this);
        }
        if (!closing.isEmpty()) {
            long back =
                    ThreadLocalRandom.current()
                            .nextLong(parts.config().reconnectWithin().toMillis());
            ready.writeBytes(ascii("retry: " + back + "\n"));
            say("closing", ascii("{\"reason\":\"" + closing + "\"}"));
            write(out);
        }
    }

    /** Gives back what it holds; to be called once, however it ended. */
    void end() {
        parts.tails().leave(tail, follower);
    }

    private void follow(long head, OutputStream out)
            throws IOException, ResyncRequired, InterruptedException {
        long target = head;
        while (closing.isEmpty()) {
            Entry next = cursor.peek();
            if (next != null) {
                cursor.take();
                pass(next);
            }
            if (target >= 0 && cursor.position() >= target) {
                told = cursor.position();
                ready.writeBytes(ascii("id: " + told + "\n"));
                say("caught_up", ascii("{\"seq\":" + told + "}"));
                target = -1;
            }
            if (next == null || ready.size() >= FLUSH_BYTES) {
                write(out);
            }
            if (next == null && !bell.await(parts.config().heartbeat())) {
                // A comment that keeps the connection alive, and how far it is.
                ready.writeBytes(ascii(":\n"));
                position();
            }
        }
    }

    private void pass(Entry entry) {
        if (filter.passes(entry.type(), entry.payment())) {
            told = entry.seq();
            ready.writeBytes(ascii("id: " + told + "\n"));
            ready.writeBytes(DATA);
            ready.writeBytes(entry.json());
            ready.writeBytes(END);
        } else if (entry.seq() - told >= SKIPPED_MOST) {
            position();
        }
    }

    /** An id without data: the client remembers it, and hears of nothing. */
    private void position() {
        told = cursor.position();
        ready.writeBytes(ascii("id: " + told + "\n\n"));
    }

    private void say(String event, byte[] json) {
        ready.writeBytes(ascii("event: " + event + "\n"));
        ready.writeBytes(DATA);
        ready.writeBytes(json);
        ready.writeBytes(END);
    }

    private void write(OutputStream out) throws IOException {
        if (ready.size() == 0) {
            return;
        }
        writing(System.nanoTime() | 1);
        try {
            ready.writeTo(out);
            out.flush();
        } finally {
            writing(0);
            ready.reset();
        }
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

    @Override
    public UUID key() {
        return opener.key();
    }

    /**
     * A client that is too slow is cut off: an interrupt closes the socket that blocks the write.
     */
    @Override
    public void tick(long now) {
        clock.lock();
        try {
            if (writingSince != 0 && isOver(parts.config().writeDeadline(), writingSince, now)) {
                thread.interrupt();
            }
        } finally {
            clock.unlock();
        }
        if (opener.life().isPresent() && isOver(opener.life().get(), opened, now)) {
            close("expired");
        }
    }

    private static boolean isOver(Duration time, long since, long now) {
        return now - since > time.toNanos();
    }

    @Override
    public void revoked() {
        close("key_revoked");
    }

    @Override
    public void drain() {
        close("shutdown");
    }

    private void close(String reason) {
        closing = reason;
        bell.ring();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
