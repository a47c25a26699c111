package io.oqim.store;

import com.google.errorprone.annotations.ThreadSafe;
import io.oqim.config.JournalConfig;
import io.oqim.store.BatchWriter.Manner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer: gathers what arrived while its last transaction was committing, and writes that next.
 * No timer: an idle lane writes a lone change at once.
 *
 * <p>A batch with a row at fault is cut in halves until every change that can be written is. A
 * change is given up only when it is at fault itself; for everything else the lane tries until it
 * succeeds, because its caller must not be told what is not true. While the database is away the
 * whole lane waits; a tenant whose rows are held by somebody waits by itself.
 */
@ThreadSafe
final class Lane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final int PAUSE_GROWTH_MOST = 20;

    /** Of a lane that keeps up, however slow its disk may be. */
    private static final int FEW = 32;

    /**
     * Batches that are written carefully after one that was written hopefully in vain: where there
     * was a change that is not accepted, there are more, and each would cost all others of its
     * batch.
     */
    private static final int CAREFUL_BATCHES = 16;

    private final int number;
    private final JournalConfig config;
    private final BatchWriter writer;
    private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();

    /** Bounds what waits here in any form; each change holds a place until it is done. */
    private final Semaphore room;

    private final int capacity;
    private final Thread thread;

    @SuppressWarnings("Immutable") // touched by the lane's own thread alone
    private final Deque<Pending> carried = new ArrayDeque<>();

    private final SetAside aside;

    /** Batches still to be written carefully; for the lane's own thread. */
    private int careful;

    /** Of the last batches that were not small; written by the lane's own thread. */
    private volatile long nanosForEach;

    /**
     * How many were taken from the queue and found no place, because of their tenants or because a
     * batch was full.
     */
    private volatile int displaced;

    private volatile boolean closing;

    Lane(String name, int number, JournalConfig config, int capacity, BatchWriter writer) {
        this.number = number;
        this.config = config;
        this.writer = writer;
        this.aside = new SetAside(config.retryPause());
        this.room = new Semaphore(capacity);
        this.capacity = capacity;
        this.thread = Thread.ofVirtual().name(name + "-" + number).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Queues a change, or refuses it at once when the lane is full. Never blocks. */
    Pending submit(Change change) {
        if (closing || !room.tryAcquire()) {
            throw new JournalFull(number);
        }
        Pending pending = new Pending(change, room::release);
        queue.add(pending);
        return pending;
    }

    /** A withdrawn change need not be kept until the lane comes to it. */
    void forget(Pending pending) {
        boolean ignored = queue.remove(pending);
    }

    /**
     * How long a change that came now would wait, in nanoseconds, as the last batches went; zero
     * while so few wait that they are written next anyhow.
     */
    long delay() {
        int waiting = queue.size() + displaced;
        Pending first = queue.peek();
        if (waiting < FEW) {
            return 0;
        }
        return Math.max(first == null ? 0 : first.age(), waiting * nanosForEach);
    }

    private void writeTimed(List<Pending> batch) {
        long began = System.nanoTime();
        writeOrFail(batch, careful == 0 ? Manner.HOPEFUL : Manner.CAREFUL);
        careful = Math.max(0, careful - 1);
        if (!batch.isEmpty() && (batch.size() >= FEW || displaced >= FEW)) {
            long took = (System.nanoTime() - began) / batch.size();
            long before = nanosForEach;
            nanosForEach = before + (took - before) / 8;
        }
    }

    /** Changes that wait or are being written. */
    int waiting() {
        return capacity - room.availablePermits();
    }

    private void run() {
        while (!closing || !queue.isEmpty() || !carried.isEmpty() || !aside.isEmpty()) {
            try {
                retryOneSetAside();
                writeTimed(gather());
            } catch (RuntimeException | Error e) {
                // Whatever it was, a lane that ends would leave its callers waiting for ever.
                LOG.error("journal lane {} goes on after a failure", number, e);
            }
        }
    }

    private void writeOrFail(List<Pending> batch, Manner manner) {
        try {
            writeAll(batch, manner);
        } catch (RuntimeException | Error e) {
            // Not the database's doing, so trying again would not help: the callers must know.
            RuntimeException failure = new IllegalStateException("the journal failed", e);
            batch.forEach(pending -> pending.fail(failure));
            LOG.error("journal lane {} could not write a batch of {}", number, batch.size(), e);
        }
    }

    /** One at a time: each may cost a lock time-out, and the others are not to wait for all. */
    private void retryOneSetAside() {
        Long tenant = aside.due();
        if (tenant == null) {
            return;
        }
        int failures = aside.failures(tenant);
        Pending first = aside.first(tenant);
        if (first != null) {
            writeOrFail(List.of(first), Manner.BRIEF);
        }
        boolean written = first == null || !first.isWithdrawn();
        if (written && aside.failures(tenant) == failures) {
            carried.addAll(aside.release(tenant));
        }
    }

    /**
     * Everything that is there, up to the limits, with at most one change of a subject. Of a tenant
     * for whom there was no place, nothing overtakes what waits already.
     */
    private List<Pending> gather() {
        List<Pending> batch = new ArrayList<>();
        Set<UUID> subjects = new HashSet<>();
        Set<Long> tenants = new HashSet<>();
        Deque<Pending> later = new ArrayDeque<>();
        int seen = 0;
        int withoutPlace = 0;
        while (seen < config.maxBatch()) {
            Pending pending =
                    carried.isEmpty() ? poll(seen == 0 && later.isEmpty()) : carried.poll();
            if (pending == null) {
                break;
            }
            long tenant = pending.change().tenant();
            if (!aside.holds(tenant) && !hasPlace(tenants, tenant)) {
                // Does not count: behind it may be many of those that have a place.
                later.add(pending);
                withoutPlace++;
                continue;
            }
            seen++;
            if (aside.holds(tenant)) {
                aside.add(pending);
            } else if (subjects.add(pending.change().subject())) {
                tenants.add(tenant);
                batch.add(pending);
            } else {
                later.add(pending);
            }
        }
        // Of what was looked at, not those that wait for others of their subject: they are in
        // nobody's way. What was not is in the way of all that comes.
        displaced = withoutPlace + carried.size();
        // In front of what is carried still: the order of one subject's changes is kept.
        while (!later.isEmpty()) {
            carried.addFirst(later.pollLast());
        }
        return batch;
    }

    private boolean hasPlace(Set<Long> tenants, long tenant) {
        return tenants.size() < config.tenantsPerBatch() || tenants.contains(tenant);
    }

    private @org.jspecify.annotations.Nullable Pending poll(boolean wait) {
        try {
            // The time-out only lets a closing lane see that it is.
            return wait ? queue.poll(100, TimeUnit.MILLISECONDS) : queue.poll();
        } catch (InterruptedException e) {
            return null;
        }
    }

    private void writeAll(List<Pending> batch, Manner first) {
        Manner manner = first;
        Deque<List<Pending>> work = new ArrayDeque<>();
        work.add(batch);
        int failures = 0;
        while (!work.isEmpty()) {
            List<Pending> part = work.pop().stream().filter(Pending::start).toList();
            if (part.isEmpty()) {
                continue;
            }
            switch (writer.write(part, manner)) {
                case BatchWriter.Written written -> {
                    failures = 0;
                    written.deliver(part);
                }
                case BatchWriter.Doubtful doubtful -> {
                    manner = Manner.CAREFUL;
                    careful = CAREFUL_BATCHES;
                    work.push(part);
                }
                case BatchWriter.Without without -> {
                    part.stream()
                            .filter(pending -> without.refused().contains(pending.change().id()))
                            .forEach(pending -> pending.complete(new Commit.Refused()));
                    work.push(
                            part.stream()
                                    .filter(
                                            pending ->
                                                    !without.refused()
                                                            .contains(pending.change().id()))
                                    .toList());
                }
                case BatchWriter.RowAtFault fault -> {
                    if (part.size() == 1) {
                        part.getFirst().fail(fault.cause());
                    } else {
                        halve(part, work);
                    }
                }
                case BatchWriter.TryAgain again -> {
                    failures++;
                    LOG.atWarn()
                            .addKeyValue("lane", number)
                            .addKeyValue("batch", part.size())
                            .addKeyValue("failures", failures)
                            .log("journal batch will be tried again: {}", again.reason());
                    part.forEach(Pending::requeue);
                    manner = again.outage() ? Manner.CAREFUL : Manner.BRIEF;
                    if (again.outage()) {
                        pause(failures);
                        work.push(part);
                    } else {
                        apart(part, work);
                    }
                }
            }
        }
    }

    /** Each tenant by itself; the one that is held up by itself already is set aside. */
    private void apart(List<Pending> part, Deque<List<Pending>> work) {
        Map<Long, List<Pending>> tenants = new LinkedHashMap<>();
        for (Pending pending : part) {
            tenants.computeIfAbsent(pending.change().tenant(), t -> new ArrayList<>()).add(pending);
        }
        if (tenants.size() == 1) {
            aside.put(part.getFirst().change().tenant(), part);
        } else {
            tenants.values().forEach(work::push);
        }
    }

    private static void halve(List<Pending> part, Deque<List<Pending>> work) {
        int middle = part.size() / 2;
        work.push(part.subList(middle, part.size()));
        work.push(part.subList(0, middle));
    }

    private void pause(int failures) {
        Duration longest = config.retryPause().multipliedBy(Math.min(failures, PAUSE_GROWTH_MOST));
        Pauses.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest.toNanos() + 1)));
    }

    /** Writes what is queued, then ends; waits for that up to {@code patience}. */
    boolean close(Duration patience) {
        closing = true;
        try {
            return thread.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(1));
    }
}
