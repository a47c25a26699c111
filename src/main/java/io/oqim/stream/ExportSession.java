package io.oqim.stream;

import io.oqim.event.EventFilter;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code GET /v1/events/export}: the log up to its head as it was at the beginning, one
 * event a line. Page by page, so that its length costs no memory.
 */
final class ExportSession implements Session {
    private static final int FLUSH_BYTES = 64 * 1024;
    private static final byte[] LINE_FEED = {'\n'};

    private final StreamParts parts;
    private final Session.Opener opener;
    private final Cursor cursor;
    private final LiveTail tail;
    private final Follower follower = () -> {};
    private volatile boolean over;

    /** Until when the beginning may wait for the database; 0 once it has begun. */
    private volatile long startBy;

    private volatile @Nullable Outlet outlet;

    ExportSession(StreamParts parts, Session.Opener opener) {
        this.parts = parts;
        this.opener = opener;
        this.tail = parts.tails().follow(opener.tenant(), follower);
        this.cursor = new Cursor(parts.pages(), tail, this::isWanted);
    }

    /**
     * Goes to where the export begins. Blocks on the database.
     *
     * @return the last number that it will have
     * @throws ResyncRequired when the log has no such place
     */
    long start(Cursor.Start start) throws ResyncRequired, InterruptedException {
        parts.sessions().add(this);
        startBy = System.nanoTime() + parts.config().readPatience().toNanos();
        long head = cursor.start(start).head();
        startBy = 0;
        return head;
    }

    private boolean isWanted() {
        return !over && (startBy == 0 || System.nanoTime() - startBy < 0);
    }

    /**
     * Writes all of it.
     *
     * @throws IOException when it cannot be written to the end: the connection must be cut then, so
     *     that nobody takes a part for the whole
     */
    void run(long head, EventFilter filter, OutputStream stream) throws IOException {
        Outlet out = new Outlet(stream, parts.config().writeDeadline());
        outlet = out;
        try {
            for (Entry next = next(head); next != null; next = next(head)) {
                if (filter.passes(next.type(), next.payment())) {
                    out.add(next.json());
                    out.add(LINE_FEED);
                }
                if (out.waiting() >= FLUSH_BYTES) {
                    boolean ignored = out.flush();
                }
            }
            boolean ignored = out.flush();
        } catch (ResyncRequired | InterruptedException e) {
            throw new IOException("the export ends before its end", e);
        }
    }

    /** Null at the end, and nowhere before. */
    private @Nullable Entry next(long head) throws ResyncRequired, InterruptedException {
        if (over) {
            throw new InterruptedException("sent away");
        }
        if (cursor.position() >= head) {
            return null;
        }
        Entry next = cursor.peek();
        if (next == null) {
            throw new InterruptedException("the log ends before its head");
        }
        cursor.take();
        return next;
    }

    /** Gives back what it holds; to be called once, however it ended. */
    void end() {
        parts.sessions().remove(this);
        parts.tails().leave(tail, follower);
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
    }

    @Override
    public void revoked() {
        over = true;
    }

    @Override
    public boolean drain() {
        over = true;
        return true;
    }
}
