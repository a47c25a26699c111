package io.oqim.risk;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts in this process, for when Redis is gone. Bounded: the oldest cards are forgotten first.
 */
final class LocalCounts {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Window> cards = new LinkedHashMap<>();
    private final long windowNanos;

    private record Window(long until, Set<String> members) {}

    private final int cardsAtMost;

    LocalCounts(Duration window, int cardsAtMost) {
        this.windowNanos = window.toNanos();
        this.cardsAtMost = cardsAtMost;
    }

    /**
     * Counts.
     *
     * @param limit beyond it, more members change nothing and are not kept
     */
    long countDistinct(String card, String member, int limit) {
        long now = System.nanoTime();
        lock.lock();
        try {
            Window window = cards.get(card);
            if (window == null || window.until() - now <= 0) {
                cards.remove(card);
                if (cards.size() >= cardsAtMost) {
                    var oldest = cards.keySet().iterator();
                    oldest.next();
                    oldest.remove();
                }
                window = new Window(now + windowNanos, new HashSet<>());
                cards.put(card, window);
            }
            if (window.members().size() <= limit) {
                window.members().add(member);
            }
            return window.members().size();
        } finally {
            lock.unlock();
        }
    }
}
