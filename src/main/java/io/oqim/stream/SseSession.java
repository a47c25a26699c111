package io.oqim.stream;

import io.oqim.concurrent.Bell;
import io.oqim.event.EventFilter;
import io.oqim.event.EventLog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

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
    private final long opened = System.nanoTime();
    private long told;
    private volatile String closing = "";

    /** Until when the beginning may wait for the database; 0 once it has begun. */
    private volatile long startBy;

    private volatile @Nullable Outlet outlet;

    SseSession(StreamParts parts, Session.Opener opener, EventFilter filter) {
        this.parts = parts;
        this.opener = opener;
        this.filter = filter;
        this.tail = parts.tails().follow(opener.tenant(), follower);
        this.cursor = new Cursor(parts.pages(), tail, this::isWanted);
    }

    /**
     * Goes to where the client wants to read on. Blocks on the database.
     *
     * @throws ResyncRequired when the log has no such place
     */
    EventLog.Bounds start(Cursor.Start start) throws ResyncRequired, InterruptedException {
        parts.sessions().add(this);
        startBy = System.nanoTime() + parts.config().readPatience().toNanos();
        told = start.after();
        EventLog.Bounds bounds = cursor.start(start);
        startBy = 0;
        return bounds;
    }

    private boolean isWanted() {
        return closing.isEmpty() && (startBy == 0 || System.nanoTime() - startBy < 0);
    }

    /** Writes until the client is gone, too slow, or sent away. */
    void run(EventLog.Bounds bounds, OutputStream stream) throws IOException {
        Outlet out = new Outlet(stream, parts.config().writeDeadline());
        outlet = out;
        try {
            say(out, "hello", Frames.bounds(bounds));
            follow(out, bounds.head());
        } catch (ResyncRequired e) {
            say(out, "resync_required", Frames.bounds(e.bounds()));
            boolean ignored = out.flush();
        } catch (InterruptedException e) {
            // It was told to close while it read.
        }
        if (!closing.isEmpty()) {
            long back =
                    ThreadLocalRandom.current()
                            .nextLong(parts.config().reconnectWithin().toMillis());
            out.add(ascii("retry: " + back + "\n"));
            say(out, "closing", ascii("{\"reason\":\"" + closing + "\"}"));
            boolean ignored = out.flush();
        }
    }

    /** Gives back what it holds; to be called once, however it ended. */
    void end() {
        parts.sessions().remove(this);
        parts.tails().leave(tail, follower);
    }

    private void follow(Outlet out, long head)
            throws IOException, ResyncRequired, InterruptedException {
        long target = head;
        long spoken = System.nanoTime();
        while (closing.isEmpty()) {
            Entry next = cursor.peek();
            if (next != null) {
                cursor.take();
                pass(out, next);
            }
            if (target >= 0 && cursor.position() >= target) {
                told = cursor.position();
                out.add(ascii("id: " + told + "\n"));
                say(out, "caught_up", ascii("{\"seq\":" + told + "}"));
                target = -1;
            }
            if (next == null || out.waiting() >= FLUSH_BYTES) {
                spoken = out.flush() ? System.nanoTime() : spoken;
            }
            long left = parts.config().heartbeat().toNanos() - (System.nanoTime() - spoken);
            if (left <= 0) {
                // A comment that keeps the connection alive, and how far it is.
                out.add(ascii(":\n"));
                position(out);
                spoken = out.flush() ? System.nanoTime() : spoken;
            } else if (next == null) {
                boolean ignored = bell.await(Duration.ofNanos(left));
            }
        }
    }

    private void pass(Outlet out, Entry entry) {
        if (filter.passes(entry.type(), entry.payment())) {
            told = entry.seq();
            out.add(ascii("id: " + told + "\n"));
            out.add(DATA);
            out.add(entry.json());
            out.add(END);
        } else if (entry.seq() - told >= SKIPPED_MOST) {
            position(out);
        }
    }

    /** An id without data: the client remembers it, and hears of nothing. */
    private void position(Outlet out) {
        told = cursor.position();
        out.add(ascii("id: " + told + "\n\n"));
    }

    private static void say(Outlet out, String event, byte[] json) {
        out.add(ascii("event: " + event + "\n"));
        out.add(DATA);
        out.add(json);
        out.add(END);
    }

    @Override
    public By by() {
        return opener.by();
    }

    @Override
    public void tick(long now) {
        Outlet out = outlet;
        if (out != null) {
            out.tick(now);
        }
        if (opener.life().isPresent() && now - opened > opener.life().get().toNanos()) {
            close("expired");
        }
    }

    @Override
    public void revoked() {
        close("key_revoked");
    }

    @Override
    public boolean drain() {
        close("shutdown");
        return true;
    }

    private void close(String reason) {
        closing = reason;
        bell.ring();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
