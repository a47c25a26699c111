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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
    private static final int TRUST_MOST = 1_000_000;
    private static final Duration MOMENT = Duration.ofMillis(200);

    private final WebhookParts parts;
    private final Bell bell = new Bell();
    private final AtomicInteger onTheWay = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Of those that wait, the ones that were claimed here and not sent yet. */
    private final AtomicInteger untried = new AtomicInteger();

    /** Whether it stands on disk that something failed. */
    private final AtomicBoolean told;

    private final AtomicInteger failures;

    /** Messages that got through one after the other: how far the receiver is trusted with more. */
    private final AtomicInteger trust = new AtomicInteger();

    /** When something is due again, in nanoseconds since the run began. */
    private final AtomicLong dueAt = new AtomicLong();

    private final AtomicLong pausedUntil = new AtomicLong();
    private final long origin = System.nanoTime();
    private volatile boolean hinted = true;
    private volatile boolean proven;
    private volatile boolean slow;
    private volatile boolean closing;
    private volatile List<UUID> secrets = List.of();
    private volatile Lease lease;

    /** All up to there has been looked at; written by the run's own thread alone. */
    private volatile long cursor;

    // Only the run's own thread touches these.
    private long stored;
    private long renewAt;
    private boolean more = true;
    private boolean replaying = true;

    EndpointRun(WebhookParts parts, Lease lease) {
        this.parts = parts;
        this.lease = lease;
        this.cursor = lease.endpoint().cursor();
        this.stored = cursor;
        this.failures = new AtomicInteger(lease.failures());
        this.told = new AtomicBoolean(lease.failures() > 0);
        this.proven = lease.proven();
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
        int open =
                parts.places()
                        .step(
                                trusted(),
                                () -> {
                                    secrets();
                                    return parts.deliveries().waiting(endpoint());
                                });
        waiting.set(open);
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

    /** False when the lease is lost, or the endpoint sends no more. */
    private boolean renew() throws InterruptedException {
        return parts.places()
                .step(
                        trusted(),
                        () -> {
                            Optional<Endpoint> same =
                                    parts.endpoints().renew(lease, parts.config().lease());
                            same.ifPresent(this::renewed);
                            return same.isPresent();
                        });
    }

    private void renewed(Endpoint endpoint) {
        lease = new Lease(endpoint, lease.fence(), failures.get(), proven);
        secrets();
        replaying = true;
        // Also what was left by a sender who died, or made due by somebody else.
        dueAt.set(0);
        renewAt = now() + parts.config().lease().toNanos() / 3;
    }

    /** How many may be on their way: one at first, one more with each that gets through. */
    private int most() {
        int most = isFailing() ? parts.config().failingConcurrency() : parts.config().concurrency();
        return Math.min(most, 1 + trust.get());
    }

    /**
     * How many more may be on their way: of a thousand receivers that fall silent together, each
     * holds one place, not all that it may have.
     */
    private int free() {
        return most() - onTheWay.get();
    }

    /** How many more may be claimed, a little ahead of what is sent. */
    private int room() {
        return waiting.get() >= parts.config().maxWaiting() ? 0 : AHEAD * most() - untried.get();
    }

    private boolean isFailing() {
        return failures.get() >= parts.config().failingAfter();
    }

    /** Something got through once, not nothing since, and not late. */
    private boolean trusted() {
        return proven && !isFailing() && !slow;
    }

    /** After which a row is due again, if nothing is known of it by then. */
    private Duration within() {
        return parts.config().timeout().plus(parts.config().lease());
    }

    /**
     * True when it did something. Places come first: what is claimed or marked is sent at once, and
     * nothing waits under a lease that may end meanwhile.
     */
    private boolean step() throws InterruptedException {
        boolean claimed =
                parts.places()
                        .step(
                                trusted(),
                                () -> {
                                    boolean fresh = fresh();
                                    return replay() || fresh;
                                });
        return send() || claimed;
    }

    private boolean send() throws InterruptedException {
        if (free() <= 0 || now() < dueAt.get() || closing) {
            return false;
        }
        List<Places.Place> places = parts.places().take(!trusted(), free(), parts.config().poll());
        List<Delivery> due = List.of();
        try {
            if (!places.isEmpty()) {
                due = parts.places().step(trusted(), () -> due(places.size()));
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

    private boolean fresh() {
        int room = room();
        if (room <= 0 || !(hinted || more)) {
            return false;
        }
        hinted = false;
        int limit = Math.min(parts.config().page(), Math.max(PAGE_LEAST, 2 * room));
        List<Event> page = parts.log().after(endpoint().tenant(), cursor, limit);
        more = !page.isEmpty();
        if (page.isEmpty()) {
            return false;
        }
        if (page.getFirst().seq() != cursor + 1) {
            parts.records().overtaken(endpoint(), secrets.getFirst());
            throw new LeaseLost();
        }
        List<Event> wanted = new ArrayList<>();
        long next = filter(page, endpoint().filter(), room, wanted);
        if (wanted.isEmpty() && next - stored < SKIPPED_MOST) {
            cursor = next;
            return true;
        }
        UUID change = TypeId.next();
        claim(change, WebhookWrites.cursor(change, lease, stored, next), wanted);
        cursor = next;
        stored = next;
        return true;
    }

    /** Gathers what passes; returns the last number that was considered. */
    private static long filter(List<Event> page, EventFilter filter, int most, List<Event> wanted) {
        long considered = 0;
        for (Event event : page) {
            if (filter.passes(event.type(), event.payment())) {
                if (wanted.size() == most) {
                    return considered;
                }
                wanted.add(event);
            }
            considered = event.seq();
        }
        return considered;
    }

    private boolean replay() {
        if (!replaying || free() <= 0 || waiting.get() >= parts.config().maxWaiting()) {
            return false;
        }
        Optional<Replay> open = parts.deliveries().replay(endpoint());
        if (open.isEmpty()) {
            replaying = false;
            return false;
        }
        Replay replay = open.get();
        List<Event> page =
                parts.log().after(endpoint().tenant(), replay.cursor(), parts.config().page());
        List<Event> within = page.stream().filter(event -> event.seq() <= replay.to()).toList();
        List<Event> wanted = new ArrayList<>();
        EventFilter filter = replay.filtered() ? endpoint().filter() : EventFilter.ALL;
        long last = filter(within, filter, within.size(), wanted);
        long next = within.size() < parts.config().page() ? replay.to() : last;
        UUID change = TypeId.next();
        claim(change, WebhookWrites.cursor(change, endpoint(), replay, next), wanted);
        return true;
    }

    /**
     * Keeps rows, due at once, in the commit that moves a cursor. Ends the run when it is refused:
     * the lease is another's, or the endpoint sends no more, or the replay was moved by another.
     */
    private void claim(UUID change, Row guard, List<Event> wanted) {
        List<Row> rows = new ArrayList<>();
        rows.add(guard);
        wanted.forEach(event -> rows.add(WebhookWrites.claimed(endpoint(), event)));
        Change claim = new Change(change, endpoint().tenant(), change, rows, List.of());
        if (!(parts.journal().commitInBackground(claim) instanceof Commit.Accepted)) {
            throw new LeaseLost();
        }
        waiting.addAndGet(wanted.size());
        untried.addAndGet(wanted.size());
        if (!wanted.isEmpty()) {
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
                                                trusted()));
            } finally {
                place.leave();
            }
            judge(to, delivery, outcome, signing.getFirst());
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

    private void judge(Endpoint to, Delivery delivery, Outcome outcome, UUID secret) {
        // Also told when it was never told before.
        boolean news = told.getAndSet(false) || failures.get() > 0 || !proven;
        slow = outcome.latency().compareTo(parts.config().slowAfter()) > 0;
        if (outcome.delivered()) {
            proven = true;
            failures.set(0);
            var ignored = trust.updateAndGet(count -> Math.min(TRUST_MOST, count + 1));
        } else {
            trust.set(0);
            var ignored = failures.incrementAndGet();
        }
        Records.Verdict verdict = parts.records().keep(to, delivery, outcome, secret, news);
        if (!outcome.delivered()) {
            // Only now: who is told after this that it gets through again says so on disk too.
            told.set(true);
        }
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

    /** Waits for what is on its way, then lets others have the endpoint. */
    private void release() {
        try {
            long end = now() + within().toNanos();
            while (onTheWay.get() > 0 && now() < end) {
                boolean ignored = bell.await(Duration.ofSeconds(1));
            }
            parts.endpoints().release(lease, stored, cursor);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreException e) {
            // The lease ends by itself.
        }
    }
}
