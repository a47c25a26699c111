package io.oqim.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Tenants whose changes could not be written although the database answers: somebody holds their
 * rows, or a statement of theirs is refused. They wait here, so that the lane's other tenants go
 * on.
 *
 * <p>For the lane's own thread.
 */
final class SetAside {
    private static final int PAUSE_GROWTH_MOST = 20;

    private final Duration pause;
    private final Map<Long, Group> groups = new HashMap<>();

    /**
     * @param pause the longest one before the first retry; grows to twenty times that
     */
    SetAside(Duration pause) {
        this.pause = pause;
    }

    /** What waits for one tenant. */
    private static final class Group {
        private final Deque<Pending> changes = new ArrayDeque<>();
        private int failures;
        private long due;
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** Whether a new change of this tenant has to wait behind others. */
    boolean holds(long tenant) {
        return groups.containsKey(tenant);
    }

    /** Behind what waits already. */
    void add(Pending pending) {
        Group group = groups.get(pending.change().tenant());
        if (group == null) {
            throw new IllegalStateException("nothing waits for this tenant");
        }
        group.changes.add(pending);
    }

    /** These changes of one tenant failed just now; tried again after a pause. */
    void put(long tenant, List<Pending> failed) {
        Group group = groups.computeIfAbsent(tenant, t -> new Group());
        group.failures++;
        // Who was withdrawn meanwhile must not pile up for as long as this takes.
        group.changes.removeIf(Pending::isDone);
        group.changes.addAll(failed);
        long longest = pause.multipliedBy(Math.min(group.failures, PAUSE_GROWTH_MOST)).toNanos();
        group.due = System.nanoTime() + ThreadLocalRandom.current().nextLong(longest + 1);
    }

    /** A tenant whose pause is over, if there is one. */
    @Nullable Long due() {
        long now = System.nanoTime();
        for (Map.Entry<Long, Group> entry : groups.entrySet()) {
            if (entry.getValue().due - now <= 0) {
                return entry.getKey();
            }
        }
        return null;
    }

    /**
     * Takes the first change of a tenant: tried alone, it shows whether the others can go on. When
     * it fails, {@link #put} brings it back, behind the others.
     */
    @Nullable Pending first(long tenant) {
        Group group = groups.get(tenant);
        if (group == null) {
            return null;
        }
        // Who was withdrawn meanwhile would show nothing.
        group.changes.removeIf(Pending::isDone);
        return group.changes.poll();
    }

    int failures(long tenant) {
        Group group = groups.get(tenant);
        return group == null ? 0 : group.failures;
    }

    /** Gives back all that waits for a tenant. */
    List<Pending> release(long tenant) {
        Group group = groups.remove(tenant);
        return group == null ? List.of() : new ArrayList<>(group.changes);
    }
}
