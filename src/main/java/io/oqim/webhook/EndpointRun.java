package io.oqim.webhook;

import io.oqim.concurrent.Bell;
import io.oqim.event.Event;
import io.oqim.event.EventFilter;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.Row;
import io.oqim.store.StoreException;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's work for one endpoint, for as long as it has the lease and there is something to send:
 * reads the log from the cursor on, keeps a row for each event that the filter lets through in the
 * commit that moves the cursor, and only then sends. What failed comes back when it is due.
 *
 * <p>On a thread of its own, so that what is slow or dead here delays nobody else. Whatever becomes
 * of this process, a row that it leaves is due again after {@link #within}.
 */
final class EndpointRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointRun.class);

    /** Secrets that sign one message: the newest, and those of rotations that overlap. */
    private static final int SECRETS_MOST = 10;

    /** Events that a filter may hold back before the cursor is moved on disk. */
    private static final int SKIPPED_MOST = 1000;

    private static final long NEVER = Long.MAX_VALUE;

    /** Events that are claimed ahead, for each that may be on its way. */
    private static final int AHEAD = 4;

    private static final int PAGE_LEAST = 20;
    private static final Duration MOMENT = Duration.ofMillis(200);

    /** After which a name is asked for again that nobody had time to ask for. */
    private static final Duration BUSY = Duration.ofSeconds(1);

    private final WebhookParts parts;
    private final Bell bell = new Bell();
    private final AtomicInteger onTheWay = new AtomicInteger();

    /** What waits: counted anew with each lease, for a replay may count what is there already. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** Of those that wait, the ones that were not sent yet. */
    private final AtomicInteger untried = new AtomicInteger();

    private final Health health;

    /** When something is due again, in nanoseconds since the run began. */
    private final AtomicLong dueAt = new AtomicLong();

    private final AtomicLong pausedUntil = new AtomicLong();
    private final long origin = System.nanoTime();
    private volatile boolean hinted = true;
    private volatile boolean closing;
    private volatile List<UUID> secrets = List.of();
    private volatile Lease lease;

    /** All up to there has been looked at; written by the run's own thread alone. */
    private volatile long cursor;

    // Only the run's own thread touches these.
    private long stored;

    /** Of the event at the cursor, once one was looked at: what comes next must follow on it. */
    private byte @Nullable [] hash;

    private long renewAt;
    private boolean more = true;
    private boolean replaying = true;

    EndpointRun(WebhookParts parts, Lease lease) {
        this.parts = parts;
        this.lease = lease;
        this.cursor = lease.endpoint().cursor();
        this.stored = cursor;
        this.health = new Health(parts.config(), lease);
    }

    /** There may be something new in the log. Never blocks for long. */
    void wake() {
        hinted = true;
        bell.ring();
    }

    /** The log is known to reach as far as this. Never blocks for long. */
    void reaches(long head) {
        if (head > cursor) {
            wake();
        }
    }

    /** Begins nothing new. */
    void close() {
        closing = true;
        bell.ring();
    }

    @Override
    public void run() {
        try {
            begin();
            work();
        } catch (StoreException e) {
            LOG.atWarn()
                    .addKeyValue("tenant", endpoint().tenant())
                    .log("an endpoint waits for the database: {}", e.getMessage());
        } catch (LeaseLost e) {
            // Another worker has it, or the endpoint was changed: whoever looks next sees.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release();
        }
    }

    private void begin() throws InterruptedException {
        boolean ignored =
                parts.places()
                        .step(
                                health.isTrusted(),
                                () -> {
                                    secrets();
                                    count();
                                    return true;
                                });
    }

    /** What was to be written was not, because it is not this run's any more. */
    private static final class LeaseLost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LeaseLost() {
            super("the lease is lost", null, false, false);
        }
    }

    private void work() throws InterruptedException {
        renewAt = now() + parts.config().lease().toNanos() / 3;
        long idleSince = now();
        while (!closing) {
            if (now() >= renewAt && !renew()) {
                return;
            }
            boolean moved = now() >= pausedUntil.get() && step();
            if (moved) {
                idleSince = now();
            } else if (onTheWay.get() == 0
                    && now() - idleSince > parts.config().linger().toNanos()) {
                return;
            } else {
                boolean ignored = bell.await(untilNext(idleSince));
            }
        }
    }

    /** Until something is to be done, if nobody rings before: whatever ends on its way rings. */
    private Duration untilNext(long idleSince) {
        long next = Math.min(renewAt, idleSince + parts.config().linger().toNanos());
        if (free() > 0) {
            long sendable = more && room() > 0 ? 0 : dueAt.get();
            next = Math.min(next, Math.max(sendable, pausedUntil.get()));
        }
        return Duration.ofNanos(Math.max(1_000_000, next - now()));
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    private Endpoint endpoint() {
        return lease.endpoint();
    }

    private void secrets() {
        secrets = parts.endpoints().secrets(endpoint().tenant(), endpoint().id(), SECRETS_MOST);
    }

    private void count() {
        DeliveryStore.Backlog backlog = parts.deliveries().backlog(endpoint());
        waiting.set(backlog.waiting());
        untried.set(backlog.untried());
    }

    /** False when the lease is lost, or the endpoint sends no more. */
    private boolean renew() throws InterruptedException {
        return parts.places()
                .step(
                        health.isTrusted(),
                        () -> {
                            Optional<Endpoint> same =
                                    parts.endpoints().renew(lease, parts.config().lease());
                            same.ifPresent(this::renewed);
                            return same.isPresent();
                        });
    }

    private void renewed(Endpoint endpoint) {
        lease = lease.with(endpoint);
        secrets();
        count();
        replaying = true;
        // Also what was left by a sender who died, or made due by somebody else.
        dueAt.set(0);
        renewAt = now() + parts.config().lease().toNanos() / 3;
    }

    /** How many more may be on their way. */
    private int free() {
        return health.most() - onTheWay.get();
    }

    /** How many more may be claimed, a little ahead of what is sent. */
    private int room() {
        return waiting.get() >= parts.config().maxWaiting()
                ? 0
                : AHEAD * health.most() - untried.get();
    }

    /** After which a row is due again, if nothing is known of it by then. */
    private Duration within() {
        return parts.config().timeout().plus(parts.config().lease());
    }

    /**
     * True when it did something. Events are claimed a little ahead; what is marked as on its way
     * has its place already, so that it is sent at once and waits under no lease that may end.
     */
    private boolean step() throws InterruptedException {
        boolean fresh = claim(this::fresh);
        boolean again = claim(this::replay);
        return send() || fresh || again;
    }

    /**
     * Looks for events and keeps them. The commit is waited for without a place: rows of this
     * tenant that somebody holds are no trouble of the others.
     */
    private boolean claim(Supplier<Look> look) throws InterruptedException {
        return switch (parts.places().step(health.isTrusted(), look)) {
            case Look.Nothing nothing -> false;
            case Look.Skipped(Event last) -> {
                moveTo(last);
                yield true;
            }
            case Look.Claim claim -> {
                keep(claim);
                claim.moveTo().ifPresent(this::kept);
                yield true;
            }
            case Look.Overtaken overtaken -> {
                parts.records().overtaken(endpoint(), secrets.getFirst());
                throw new LeaseLost();
            }
        };
    }

    private void moveTo(Event last) {
        cursor = last.seq();
        hash = last.hash();
    }

    private void kept(Event last) {
        moveTo(last);
        stored = cursor;
    }

    /** What a look at the log has found. */
    private sealed interface Look {
        record Nothing() implements Look {}

        /** Events that the filter holds back, up to this one. */
        record Skipped(Event last) implements Look {}

        /** The log does not keep any more what comes next. */
        record Overtaken() implements Look {}

        /**
         * Events that are to be kept as rows, in the commit that moves a cursor.
         *
         * @param moveTo where the endpoint's own cursor then is; empty for a replay's
         */
        record Claim(UUID change, Row guard, List<Event> wanted, Optional<Event> moveTo)
                implements Look {}
    }

    private boolean send() throws InterruptedException {
        if (free() <= 0 || now() < dueAt.get() || closing) {
            return false;
        }
        List<Places.Place> places =
                parts.places().take(!health.isTrusted(), free(), parts.config().poll());
        List<Delivery> due = List.of();
        try {
            if (!places.isEmpty()) {
                due = parts.places().step(health.isTrusted(), () -> due(places.size()));
            }
        } finally {
            places.subList(due.size(), places.size()).forEach(Places.Place::leave);
        }
        for (int i = 0; i < due.size(); i++) {
            start(due.get(i), places.get(i));
        }
        return !due.isEmpty();
    }

    private List<Delivery> due(int most) {
        dueAt.set(NEVER);
        List<Delivery> due = parts.deliveries().due(lease, within(), most);
        if (due.size() == most) {
            dueIn(Duration.ZERO);
        } else {
            // Not sooner than in a moment: what is due may not be this run's to send any more.
            parts.deliveries()
                    .untilNext(endpoint())
                    .ifPresent(pause -> dueIn(due.isEmpty() ? pause.plus(MOMENT) : pause));
        }
        return due;
    }

    private void dueIn(Duration pause) {
        var ignored = dueAt.accumulateAndGet(now() + pause.toNanos(), Math::min);
    }

    private Look fresh() {
        int room = room();
        if (room <= 0 || !(hinted || more)) {
            return new Look.Nothing();
        }
        hinted = false;
        int limit = Math.min(parts.config().page(), Math.max(PAGE_LEAST, 2 * room));
        List<Event> page = parts.log().after(endpoint().tenant(), cursor, limit);
        more = !page.isEmpty();
        if (page.isEmpty()) {
            return new Look.Nothing();
        }
        Event first = page.getFirst();
        if (first.seq() != cursor + 1) {
            return new Look.Overtaken();
        }
        if (hash != null && !Arrays.equals(hash, first.previousHash())) {
            // A failover lost what was looked at: the cursor on disk is as old as the log is.
            cursor = stored;
            throw new LeaseLost();
        }
        List<Event> wanted = new ArrayList<>();
        Event last = page.get(filter(page, endpoint().filter(), room, wanted) - 1);
        if (wanted.isEmpty() && last.seq() - stored < SKIPPED_MOST) {
            return new Look.Skipped(last);
        }
        UUID change = TypeId.next();
        Row guard = WebhookWrites.cursor(change, lease, stored, last.seq());
        return new Look.Claim(change, guard, wanted, Optional.of(last));
    }

    /**
     * Gathers what passes.
     *
     * @param most how many; at least one
     * @return how many were considered; at least one if there are any
     */
    private static int filter(List<Event> page, EventFilter filter, int most, List<Event> wanted) {
        int considered = 0;
        for (Event event : page) {
            if (filter.passes(event.type(), event.payment())) {
                if (wanted.size() == most) {
                    return considered;
                }
                wanted.add(event);
            }
            considered++;
        }
        return considered;
    }

    /** Only in the room that new events leave: they do not wait for what is sent once more. */
    private Look replay() {
        int room = room();
        if (!replaying || room <= 0) {
            return new Look.Nothing();
        }
        Optional<Replay> open = parts.deliveries().replay(endpoint());
        if (open.isEmpty()) {
            replaying = false;
            return new Look.Nothing();
        }
        Replay replay = open.get();
        int limit = Math.min(parts.config().page(), Math.max(PAGE_LEAST, 2 * room));
        List<Event> page =
                parts.log().after(endpoint().tenant(), replay.cursor(), limit).stream()
                        .filter(event -> event.seq() <= replay.to())
                        .toList();
        List<Event> wanted = new ArrayList<>();
        EventFilter filter = replay.filtered() ? endpoint().filter() : EventFilter.ALL;
        int considered = filter(page, filter, room, wanted);
        boolean done = considered == page.size() && page.size() < limit;
        long next = done ? replay.to() : page.get(considered - 1).seq();
        UUID change = TypeId.next();
        Row guard = WebhookWrites.cursor(change, endpoint(), replay, next);
        return new Look.Claim(change, guard, wanted, Optional.empty());
    }

    /**
     * Keeps rows, due at once, in the commit that moves a cursor. Ends the run when it is refused:
     * the lease is another's, or the endpoint was changed or sends no more, or the replay was moved
     * by another.
     */
    private void keep(Look.Claim claim) {
        List<Row> rows = new ArrayList<>();
        rows.add(claim.guard());
        claim.wanted().forEach(event -> rows.add(WebhookWrites.claimed(endpoint(), event)));
        Change change =
                new Change(claim.change(), endpoint().tenant(), claim.change(), rows, List.of());
        if (!(parts.journal().commitInBackground(change) instanceof Commit.Accepted)) {
            throw new LeaseLost();
        }
        waiting.addAndGet(claim.wanted().size());
        untried.addAndGet(claim.wanted().size());
        if (!claim.wanted().isEmpty()) {
            dueIn(Duration.ZERO);
        }
    }

    private void start(Delivery delivery, Places.Place place) {
        if (delivery.attempts() == 0) {
            var ignored = untried.updateAndGet(count -> Math.max(0, count - 1));
        }
        long sendBy = now() + parts.config().lease().toNanos();
        var ignored = onTheWay.incrementAndGet();
        Thread.ofVirtual()
                .name("webhook-send-" + endpoint().tenant())
                .start(() -> send(delivery, place, sendBy));
    }

    /**
     * @param sendBy after which others may be sending it: it is left to them
     */
    private void send(Delivery delivery, Places.Place place, long sendBy) {
        try {
            Endpoint to = endpoint();
            List<UUID> signing = secrets;
            Outcome outcome;
            try {
                if (now() > sendBy) {
                    return;
                }
                outcome =
                        parts.sender()
                                .send(
                                        new Sender.Message(
                                                to.url(),
                                                TypeId.text("evt", delivery.event().id()),
                                                delivery.event().json(),
                                                signing,
                                                health.isTrusted()));
            } finally {
                place.leave();
            }
            judge(to, delivery, outcome, signing.getFirst());
        } catch (Names.Busy e) {
            postpone(delivery);
        } catch (RuntimeException e) {
            // Its row is there, and comes back when nobody has said what became of it.
            LOG.atWarn()
                    .addKeyValue("tenant", endpoint().tenant())
                    .log("what became of a webhook is not known: {}", e.toString());
            dueIn(within());
        } finally {
            var ignored = onTheWay.decrementAndGet();
            bell.ring();
        }
    }

    /** Nothing was sent, and nothing is known of the receiver. */
    private void postpone(Delivery delivery) {
        try {
            parts.places()
                    .step(
                            health.isTrusted(),
                            () -> {
                                parts.deliveries().postpone(endpoint(), delivery, BUSY);
                                return true;
                            });
            dueIn(BUSY);
        } catch (StoreException e) {
            dueIn(within());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void judge(Endpoint to, Delivery delivery, Outcome outcome, UUID secret) {
        health.see(outcome);
        Records.Verdict verdict = parts.records().keep(lease, to, delivery, outcome, secret);
        if (verdict.again().isEmpty()) {
            var ignored = waiting.decrementAndGet();
        }
        verdict.again().ifPresent(this::dueIn);
        if (endpoint().ordered()) {
            dueIn(Duration.ZERO);
        }
        if (!verdict.pause().isZero()) {
            var ignored =
                    pausedUntil.accumulateAndGet(now() + verdict.pause().toNanos(), Math::max);
        }
        if (verdict.disabled()) {
            close();
        }
    }

    private void awaitSent() throws InterruptedException {
        long end = now() + within().toNanos();
        while (onTheWay.get() > 0 && now() < end) {
            boolean ignored = bell.await(Duration.ofSeconds(1));
        }
    }

    /** Waits for what is on its way, then lets others have the endpoint. */
    private void release() {
        try {
            awaitSent();
            boolean ignored =
                    parts.places()
                            .step(
                                    health.isTrusted(),
                                    () -> {
                                        parts.endpoints().release(lease, stored, cursor);
                                        return true;
                                    });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreException e) {
            // The lease ends by itself.
        }
    }
}
