package io.oqim.risk;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts in this process, for when Redis is gone. Bounded: what was not counted for longest is
 * forgotten first.
 */
final class LocalCounts {
    /** Told apart under one key; further ones are counted as they come. */
    private static final int MEMBERS = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true);
    private final long windowNanos;

    /**
     * Until when it counts, and what.
     *
     * @param more all, once there are too many to tell one from another
     */
    private record Window(long until, Set<String> members, AtomicLong more) {}

    private final int atMost;

    LocalCounts(Duration window, int atMost) {
        this.windowNanos = window.toNanos();
        this.atMost = atMost;
    }

    /**
     * Counts.
     *
     * @param limit beyond it, more members change nothing and are not kept
     */
    long countDistinct(String key, String member, int limit) {
        long now = System.nanoTime();
        lock.lock();
        try {
            Window window = windows.get(key);
            if (window == null || window.until() - now <= 0) {
                windows.remove(key);
                if (windows.size() >= atMost) {
                    var oldest = windows.keySet().iterator();
                    oldest.next();
                    oldest.remove();
                }
                window = new Window(now + windowNanos, new HashSet<>(), new AtomicLong(MEMBERS));
                windows.put(key, window);
            }
            if (window.members().size() <= Math.min(limit, MEMBERS)) {
                window.members().add(member);
            }
            return limit <= MEMBERS || window.members().size() <= MEMBERS
                    ? window.members().size()
                    : window.more().incrementAndGet();
        } finally {
            lock.unlock();
        }
    }
}
