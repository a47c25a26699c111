package io.oqim.stream;

import io.oqim.concurrent.Bell;
import io.oqim.event.EventFilter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code GET /v1/events}: a page of the log, at once or as soon as there is something
 * on it.
 */
final class Poll implements Session {
    /** Events that one call looks at, at most, when a filter holds most of them back. */
    private static final int CONSIDERED_MOST = 10_000;

    /** How large a page gets; a single event may be larger. */
    private static final long BYTES_MOST = 262_144;

    private final StreamParts parts;
    private final Session.Opener opener;
    private final Bell bell = new Bell();
    private final Follower follower = bell::ring;
    private volatile boolean over;
    private volatile @Nullable Outlet outlet;

    Poll(StreamParts parts, Session.Opener opener) {
        this.parts = parts;
        this.opener = opener;
    }

    /**
     * What is asked for.
     *
     * @param patience how long to wait for a first event; zero not to
     */
    record Question(Cursor.Start start, EventFilter filter, int limit, Duration patience) {}

    /**
     * A page.
     *
     * @param more whether the log is known to go on
     * @param next the last number that was considered
     */
    record Page(List<Entry> entries, boolean more, long next) {}

    /**
     * Blocks on the database, and for as long as it may wait.
     *
     * @throws InterruptedException when the database does not answer in time
     */
    Page page(Question question) throws ResyncRequired, InterruptedException {
        LiveTail tail = parts.tails().follow(opener.tenant(), follower);
        try {
            parts.sessions().add(this);
            long end = System.nanoTime() + question.patience().toNanos();
            long patience = parts.config().readPatience().toNanos();
            long last = end + patience;
            Cursor cursor =
                    new Cursor(parts.pages(), tail, () -> !over && System.nanoTime() < last);
            var ignored = cursor.start(question.start());
            boolean waiting = true;
            while (true) {
                // What was found by then is an answer, and the next call goes on from there.
                Page page = read(cursor, question, System.nanoTime() + patience / 2);
                Duration left = Duration.ofNanos(end - System.nanoTime());
                if (!page.entries().isEmpty()
                        || page.more()
                        || over
                        || !waiting
                        || !left.isPositive()) {
                    return page;
                }
                waiting = bell.await(left);
            }
        } finally {
            parts.tails().leave(tail, follower);
        }
    }

    /** Whether it was told to end before its time. */
    boolean isOver() {
        return over;
    }

    /** Writes an answer; a reader that is too slow is cut off. */
    void write(byte[] body, OutputStream stream) throws IOException {
        Outlet out = new Outlet(stream, parts.config().writeDeadline());
        outlet = out;
        out.add(body);
        boolean ignored = out.flush();
    }

    /** Gives back what it holds; to be called once, however it ended. */
    void end() {
        parts.sessions().remove(this);
    }

    private static Page read(Cursor cursor, Question question, long until)
            throws ResyncRequired, InterruptedException {
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        for (int considered = 0; considered < CONSIDERED_MOST; considered++) {
            if (considered > 0 && System.nanoTime() - until > 0) {
                break;
            }
            @Nullable Entry next = cursor.peek();
            if (next == null) {
                return new Page(entries, false, cursor.position());
            }
            if (entries.size() == question.limit() || bytes >= BYTES_MOST) {
                return new Page(entries, true, cursor.position());
            }
            cursor.take();
            if (question.filter().passes(next.type(), next.payment())) {
                entries.add(next);
                bytes += next.json().length;
            }
        }
        return new Page(entries, true, cursor.position());
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
        boolean ignored = drain();
    }

    /** Answers with what it has. */
    @Override
    public boolean drain() {
        over = true;
        bell.ring();
        return true;
    }
}
