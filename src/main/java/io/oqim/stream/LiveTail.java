package io.oqim.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oqim.concurrent.OnDemand;
import io.oqim.config.StreamConfig;
import io.oqim.event.EventLog;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The end of one tenant's log as this process knows it, for all who follow it here: what this
 * process commits comes in directly, what others commit is read from the database, once for all.
 *
 * <p>Entries are told of in the order of their numbers, whatever the order in which commits or
 * hints come in. If what comes does not continue what was told, the log has been cut (a failover
 * that lost writes): everything is forgotten, and every follower looks at the log anew.
 */
final class LiveTail {
    private final long tenant;
    private final Pages pages;
    private final StreamConfig config;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final OnDemand telling;
    private final OnDemand filling;
    private final ReentrantLock lock = new ReentrantLock();

    /** What came before what it follows on. */
    @GuardedBy("lock")
    private final TreeMap<Long, Entry> early = new TreeMap<>();

    /** How far the log is said to reach. */
    @GuardedBy("lock")
    private long hinted;

    /** Null until somebody has looked where the log ends. */
    private volatile @Nullable Window window;

    private final AtomicInteger cuts = new AtomicInteger();

    /** How far it reached at some moment, and that moment. */
    @GuardedBy("lock")
    private long marked;

    @GuardedBy("lock")
    private long markedAt = System.nanoTime();

    LiveTail(long tenant, Pages pages, StreamConfig config) {
        this.tenant = tenant;
        this.pages = pages;
        this.config = config;
        this.telling =
                new OnDemand("stream-tell-" + tenant, () -> followers.forEach(Follower::wake));
        this.filling = new OnDemand("stream-fill-" + tenant, this::fill);
    }

    long tenant() {
        return tenant;
    }

    void add(Follower follower) {
        followers.add(follower);
    }

    /** True when nobody is left. */
    boolean remove(Follower follower) {
        followers.remove(follower);
        return followers.isEmpty();
    }

    /** Somebody has looked at the log; counts when nothing is known of its end. */
    void begin(EventLog.Bounds bounds) {
        lock.lock();
        try {
            if (window == null) {
                window = Window.after(bounds.head(), bounds.headHash());
            }
            hinted = Math.max(hinted, bounds.head());
        } finally {
            lock.unlock();
        }
        filling.signal();
    }

    /** How often what was known turned out not to hold any more. */
    int cuts() {
        return cuts.get();
    }

    /** How far it reaches; -1 while that is not known. */
    long end() {
        Window current = window;
        return current == null ? -1 : current.end();
    }

    /** Entries that are at hand; none if those after {@code position} are not. */
    List<Entry> after(long position) {
        Window current = window;
        return current == null ? List.of() : current.after(position, config.page());
    }

    /**
     * Entries that this process has just committed. Must not block: a lane of the journal calls.
     */
    void committed(Collection<Entry> entries) {
        lock.lock();
        try {
            entries.forEach(this::take);
        } finally {
            lock.unlock();
        }
        // What is there is told at once, whatever has to be read besides.
        telling.signal();
        if (behind() != null) {
            filling.signal();
        }
    }

    /** Somebody's word that the log reaches at least this far. Must not block. */
    void hint(long seq) {
        lock.lock();
        try {
            Window current = window;
            if (seq <= hinted || (current != null && seq <= current.end())) {
                return;
            }
            hinted = seq;
        } finally {
            lock.unlock();
        }
        filling.signal();
    }

    /** What is known of it now; for {@link #compare}. */
    @Nullable Window known() {
        return window;
    }

    /**
     * What the database said of the end of the log.
     *
     * @param before what was known when it was asked: it cannot know less than that
     */
    void compare(Window before, EventLog.Head head) {
        boolean cut =
                head.seq() < before.end()
                        || (head.seq() == before.end()
                                && !Arrays.equals(head.hash(), before.hash()));
        lock.lock();
        try {
            if (cut) {
                cut();
            } else {
                hinted = Math.max(hinted, head.seq());
            }
        } finally {
            lock.unlock();
        }
        if (cut) {
            telling.signal();
        } else if (head.seq() > before.end()) {
            filling.signal();
        }
    }

    /** Forgets entries that came too long ago to be asked for by anybody who keeps up. */
    void trim(long now) {
        lock.lock();
        try {
            Window current = window;
            if (current != null && now - markedAt > config.keepRecent().toNanos()) {
                window = current.without(marked);
                marked = current.end();
                markedAt = now;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Reads what is missing, once for all. On its own thread, never twice at once. */
    private void fill() {
        try {
            for (Behind from = behind(); from != null; from = behind()) {
                List<Entry> read = pages.newest(tenant, from.end(), () -> !followers.isEmpty());
                fill(from, read);
                telling.signal();
            }
        } catch (InterruptedException e) {
            // Nobody is left.
        }
    }

    /**
     * There is more in the log.
     *
     * @param end how far it is known
     * @param hinted how far it is said to reach
     */
    private record Behind(long end, long hinted) {}

    private @Nullable Behind behind() {
        lock.lock();
        try {
            Window current = window;
            return current != null && hinted > current.end()
                    ? new Behind(current.end(), hinted)
                    : null;
        } finally {
            lock.unlock();
        }
    }

    private void fill(Behind from, List<Entry> read) {
        lock.lock();
        try {
            if (read.isEmpty() && hinted == from.hinted()) {
                // The hint was wrong, or of a time before a failover.
                hinted = from.end();
            }
            if (!read.isEmpty() && read.getFirst().seq() != from.end() + 1) {
                // A hole: whoever is there looks for himself, and is told.
                cut();
            } else {
                read.forEach(this::take);
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void take(Entry entry) {
        Window current = window;
        if (current == null) {
            hinted = Math.max(hinted, entry.seq());
            return;
        }
        if (current.continues(entry)) {
            append(current, entry);
            takeEarly();
        } else if (entry.seq() == current.end() + 1 || current.contradicts(entry)) {
            cut();
        } else if (entry.seq() > current.end()) {
            hinted = Math.max(hinted, entry.seq());
            early.put(entry.seq(), entry);
            if (early.size() > config.window()) {
                early.pollLastEntry();
            }
        }
    }

    @GuardedBy("lock")
    private void takeEarly() {
        while (!early.isEmpty() && window != null) {
            Window current = window;
            Entry next = early.firstEntry().getValue();
            if (next.seq() > current.end() + 1) {
                return;
            }
            early.pollFirstEntry();
            if (current.continues(next)) {
                append(current, next);
            } else if (next.seq() == current.end() + 1 || current.contradicts(next)) {
                cut();
            }
        }
    }

    @GuardedBy("lock")
    private void append(Window current, Entry entry) {
        window = current.with(entry, config.window(), config.windowBytes());
    }

    @GuardedBy("lock")
    private void cut() {
        window = null;
        hinted = 0;
        marked = 0;
        early.clear();
        var ignored = cuts.incrementAndGet();
    }
}
