package io.oqim.store;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.config.JournalConfig;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The one door for writes: a caller hands over a change and waits until it is durable.
 *
 * <p>Behind it, lanes write the changes of many callers in few transactions (group commit). A
 * tenant always has the same lane; work that no caller waits for has lanes of its own and cannot
 * delay payments. Safe for use by any number of threads.
 */
public final class Journal {
    /** The marks of old transactions, which nobody can ask for any more. */
    public static Upkeep.Sweep sweep(Duration keep) {
        return new Upkeep.Sweep("journal_batch", keep);
    }

    private final List<Lane> lanes;
    private final List<Lane> background;
    private final List<Lane> all;

    /**
     * @param capacity changes that may wait in one lane, those being written included; sized by
     *     admission, so that admitted work always finds room
     * @param committed told of the events of each transaction right after it; must return quickly
     */
    public Journal(
            Database database,
            Sequencer sequencer,
            JournalConfig config,
            int capacity,
            MeterRegistry registry,
            Consumer<List<Commit.Place>> committed) {
        BatchWriter writer =
                new BatchWriter(
                        database, sequencer, config, new JournalMetrics(registry), committed);
        lanes =
                IntStream.range(0, config.lanes())
                        .mapToObj(i -> new Lane("journal", i, config, capacity, writer))
                        .toList();
        background =
                IntStream.range(0, config.backgroundLanes())
                        .mapToObj(i -> new Lane("journal-background", i, config, capacity, writer))
                        .toList();
        all = java.util.stream.Stream.concat(lanes.stream(), background.stream()).toList();
        gauge(registry, "payments", lanes);
        gauge(registry, "background", background);
        all.forEach(Lane::start);
    }

    /**
     * Commits a change, however long that takes; interrupts are ignored.
     *
     * @throws ChangeFailed when a rule of the database refuses it
     * @throws JournalFull when its lane's queue is full
     */
    public Commit.Decided commit(Change change) {
        return lane(lanes, change.tenant()).submit(change).await();
    }

    /** Commits a change, or withdraws it when it is still queued after {@code patience}. */
    public Commit commit(Change change, Duration patience) {
        return commit(lane(lanes, change.tenant()), change, patience);
    }

    /** The same for a change that no payment waits for. */
    public Commit commitInBackground(Change change, Duration patience) {
        return commit(lane(background, change.tenant()), change, patience);
    }

    private static Commit commit(Lane lane, Change change, Duration patience) {
        Pending pending = lane.submit(change);
        Commit commit = pending.await(patience);
        if (commit instanceof Commit.Withdrawn) {
            lane.forget(pending);
        }
        return commit;
    }

    /** Commits a change that no payment waits for. */
    public Commit.Decided commitInBackground(Change change) {
        return lane(background, change.tenant()).submit(change).await();
    }

    /** How far the lane of a tenant is behind with what payments wait for, in nanoseconds. */
    public long delay(long tenant) {
        return lane(lanes, tenant).delay();
    }

    /** How far all lanes are behind, the least of them so far, in nanoseconds. */
    public long delay() {
        return lanes.stream().mapToLong(Lane::delay).min().orElse(0);
    }

    /** Changes that wait or are being written, in all lanes. */
    int waiting() {
        return all.stream().mapToInt(Lane::waiting).sum();
    }

    /** Writes what is queued, then ends; false when that took longer than {@code patience}. */
    public boolean close(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        boolean clean = true;
        for (Lane lane : all) {
            clean &= lane.close(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
        return clean;
    }

    private static Lane lane(List<Lane> from, long tenant) {
        return from.get(lane(tenant, from.size()));
    }

    /**
     * Which of so many lanes a tenant has. Its number is mixed first (Fibonacci hashing): a
     * merchant's tenants are made in pairs, so those that are used may all be odd.
     */
    static int lane(long tenant, int lanes) {
        return (int) Math.unsignedMultiplyHigh(tenant * 0x9E37_79B9_7F4A_7C15L, lanes);
    }

    private static void gauge(MeterRegistry registry, String name, List<Lane> lanes) {
        Gauge.builder(
                        "oqim.journal.queued",
                        lanes,
                        list -> list.stream().mapToInt(Lane::waiting).sum())
                .description("changes that wait for a lane or are being written")
                .tag("lanes", name)
                .register(registry);
    }
}
