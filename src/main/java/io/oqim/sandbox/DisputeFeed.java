package io.oqim.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * The disputes of one bank, in memory: the fold of its rows.
 *
 * <p>Their changes have numbers of their own, from 1 and without a gap. A change gets its number
 * only when it is durable and the ones before it have theirs, so a reader never has to look back.
 */
final class DisputeFeed {
    /** As many disputes as a bank keeps; each has four changes at most. */
    static final int MAX_DISPUTES = 100_000;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final List<Item> items = new ArrayList<>();

    /** The changes of each dispute, by its number. */
    @GuardedBy("lock")
    private final Map<String, List<Filed>> disputes = new HashMap<>();

    /** The disputes about each sale or capture, by the caller's reference. */
    @GuardedBy("lock")
    private final Map<String, List<String>> about = new HashMap<>();

    /** A dispute as it stood after a change, with the number of the change. */
    record Item(long seq, Dispute dispute) {}

    /** A part of the feed. */
    record Page(List<Item> items, boolean hasMore) {}

    private record Filed(long row, Item item) {}

    /** Takes a durable change in; they come in the order of their rows. */
    void record(long row, Dispute dispute) {
        lock.lock();
        try {
            Item item = new Item(items.size() + 1L, dispute);
            items.add(item);
            List<Filed> changes = disputes.computeIfAbsent(dispute.id(), id -> new ArrayList<>(2));
            if (changes.isEmpty()) {
                String reference = dispute.chargeback().reference();
                about.computeIfAbsent(reference, key -> new ArrayList<>(1)).add(dispute.id());
            }
            changes.add(new Filed(row, item));
        } finally {
            lock.unlock();
        }
    }

    boolean isFull() {
        lock.lock();
        try {
            return disputes.size() >= MAX_DISPUTES;
        } finally {
            lock.unlock();
        }
    }

    /** A dispute as it stands. */
    Optional<Item> find(String dispute) {
        lock.lock();
        try {
            return Optional.ofNullable(disputes.get(dispute))
                    .map(changes -> changes.getLast().item());
        } finally {
            lock.unlock();
        }
    }

    /** Every dispute as it stands. */
    List<Dispute> all() {
        lock.lock();
        try {
            return disputes.values().stream()
                    .map(changes -> changes.getLast().item().dispute())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** The numbers of the disputes that wait for an answer. */
    Set<String> unanswered() {
        return all().stream()
                .filter(dispute -> dispute.status() == DisputeStatus.NEEDS_RESPONSE)
                .map(Dispute::id)
                .collect(Collectors.toSet());
    }

    Page after(long seq, int limit) {
        lock.lock();
        try {
            int size = items.size();
            int from = (int) Math.min(seq, size);
            int to = Math.min(from + limit, size);
            return new Page(List.copyOf(items.subList(from, to)), to < size);
        } finally {
            lock.unlock();
        }
    }

    /** The disputes about this sale or capture, as they stand. */
    List<Dispute> about(String reference) {
        lock.lock();
        try {
            return about.getOrDefault(reference, List.of()).stream()
                    .flatMap(dispute -> find(dispute).stream())
                    .map(Item::dispute)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** The numbers of the rows that this dispute has in the books. */
    List<Long> rowsOf(String dispute) {
        lock.lock();
        try {
            return disputes.getOrDefault(dispute, List.of()).stream().map(Filed::row).toList();
        } finally {
            lock.unlock();
        }
    }
}
