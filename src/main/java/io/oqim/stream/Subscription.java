package io.oqim.stream;

import io.oqim.concurrent.OnDemand;
import io.oqim.event.EventFilter;
import io.oqim.event.EventLog;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.observe.Traces;
import io.oqim.websocket.TextFrame;
import io.oqim.websocket.WebSocketConnection;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one tenant's events to one socket, without a gap, first what is there, then what comes.
 * It has a thread only while there is something to carry, and only that thread touches the place in
 * the log; what the reader says lies on the {@link Desk} until it looks there.
 *
 * <p>Never fills the socket's queue: it waits until enough was written before it goes on, so a slow
 * reader costs memory for a few frames and a page, and nothing else.
 */
final class Subscription implements Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** Events that a filter may hold back before the reader hears of it. */
    private static final int SKIPPED_MOST = 1000;

    private final StreamParts parts;
    private final long tenant;
    private final WebSocketConnection socket;
    private final LiveTail tail;
    private final Desk desk;
    private final OnDemand carrying = new OnDemand("stream-carry", this::carry);
    private final Traces.Watcher watcher = this::trace;
    private volatile boolean positionDue;

    /** What happens right now, if the reader wants to see it; dropped when he does not keep up. */
    private volatile @Nullable Queue<byte[]> traces;

    /** Its tail may ring before it is whole. */
    private volatile boolean whole;

    // The rest is the carrying thread's alone.
    private final Cursor cursor;
    private boolean begun;

    /** Whether the cursor is on its way to another place. */
    private boolean moving;

    private EventFilter filter = EventFilter.ALL;

    /** Where the reader has caught up; -1 once it knows. */
    private long target = -1;

    private int framesAhead;
    private int bytesAhead;

    Subscription(StreamParts parts, long tenant, WebSocketConnection socket) {
        this.parts = parts;
        this.tenant = tenant;
        this.socket = socket;
        this.tail = parts.tails().follow(tenant, this);
        this.cursor = new Cursor(parts.pages(), tail, this::isWanted);
        this.desk =
                new Desk(
                        parts,
                        tenant,
                        seq -> {
                            var ignored = socket.send(Frames.acked(seq));
                        });
        this.whole = true;
    }

    /**
     * Begins, or changes what is subscribed, as soon as the carrying thread comes to it.
     *
     * @throws Refusal when it asks for what cannot be
     */
    void subscribe(Subscribe request) {
        desk.subscribe(request);
        carrying.signal();
    }

    /** The reader has room for so many more. */
    void grant(long events) {
        desk.grant(events);
        carrying.signal();
    }

    /** The reader has dealt with all up to there. */
    void ack(long seq) {
        desk.ack(seq);
    }

    /**
     * Tells what a command came to: after the event that goes with it, if the reader keeps up with
     * the log; as soon as it can be said if he does not, or does not want more for now.
     */
    void tellResult(Desk.Result result) {
        desk.result(result);
        carrying.signal();
    }

    /** The reader shall hear how far it is, also when there is nothing else to say. */
    void tellPosition() {
        positionDue = true;
        carrying.signal();
    }

    @Override
    public void wake() {
        if (whole) {
            carrying.signal();
        }
    }

    /** The socket is closed. */
    void end() {
        parts.tails().leave(tail, this);
        parts.traces().unwatch(tenant, watcher);
    }

    /** Called by whoever works on a payment. */
    private void trace(byte[] json) {
        Queue<byte[]> queue = traces;
        if (queue != null && queue.offer(json)) {
            carrying.signal();
        }
    }

    private void carry() {
        try {
            carryAll();
        } catch (ResyncRequired e) {
            desk.forget();
            var ignored = socket.send(Frames.resyncRequired(e.bounds()));
            socket.close(StreamCodes.RESYNC, "resync required");
        } catch (Refusal e) {
            var ignored = socket.send(Frames.error(e.problem().code(), e.problem().detail()));
            socket.close(StreamCodes.BAD_REQUEST, e.problem().code());
        } catch (InterruptedException e) {
            // The socket is gone.
        } catch (RuntimeException | Error e) {
            // Whatever was lost with it, nothing may follow on it.
            LOG.atError().addKeyValue("tenant", tenant).setCause(e).log("a stream failed");
            socket.close(StreamCodes.INTERNAL, "internal error");
        }
    }

    private void carryAll() throws ResyncRequired, InterruptedException {
        boolean more = true;
        while (more && socket.isOpen()) {
            Optional<Subscribe> asked = desk.next();
            if (asked.isPresent()) {
                apply(asked.get());
            }
            more = begun && carryOne();
            tellWhatElse();
        }
    }

    /** False when there is nothing more for now. */
    private boolean carryOne() throws ResyncRequired, InterruptedException {
        if (target >= 0 && cursor.position() >= target) {
            target = -1;
            tell(Frames.caughtUp(cursor.position()));
        }
        if (desk.isOutOfCredit()) {
            // An hour may pass before he wants more.
            cursor.letGo();
            return desk.hasNext();
        }
        Entry next = cursor.peek();
        if (next == null) {
            return desk.hasNext();
        }
        cursor.take();
        pass(next);
        return true;
    }

    private void apply(Subscribe request) throws ResyncRequired, InterruptedException {
        moving = true;
        Optional<Cursor.Start> start = start(request);
        filter = request.filter(filter);
        request.trace().ifPresent(this::watch);
        if (start.isPresent()) {
            go(start.get());
        }
        moving = false;
        begun = true;
        desk.done(cursor);
        send(Frames.subscribed(cursor.position()));
    }

    private void go(Cursor.Start start) throws ResyncRequired, InterruptedException {
        try {
            target = cursor.start(start).head();
        } catch (ResyncRequired e) {
            // Which of his subscriptions it is about.
            send(Frames.subscribed(start.after()));
            throw e;
        }
    }

    /** From where to go on; empty to stay where it is. */
    private Optional<Cursor.Start> start(Subscribe request) throws InterruptedException {
        Optional<ConsumerStore.Offset> kept = Optional.empty();
        if (request.consumer().isPresent()) {
            kept = Optional.of(offset(request.consumer().get()));
        }
        return request.after().isPresent()
                ? Optional.of(
                        new Cursor.Start(
                                request.after().getAsLong(), request.hash(), request.epoch()))
                : kept.map(ConsumerStore.Offset::start);
    }

    /** How far a consumer is; one who is new begins with the oldest that is kept. */
    private ConsumerStore.Offset offset(String name) throws InterruptedException {
        Consumers consumers = parts.consumers();
        Optional<ConsumerStore.Offset> kept =
                parts.pages().ask(() -> consumers.find(tenant, name), this::isWanted);
        if (kept.isPresent()) {
            return kept.get();
        }
        EventLog.Bounds bounds = parts.pages().bounds(tenant, this::isWanted);
        var first =
                new ConsumerStore.Offset(
                        tenant, name, bounds.epoch(), bounds.oldest() - 1, Optional.empty());
        if (!parts.pages().ask(() -> consumers.create(first), this::isWanted)) {
            throw new Refusal(
                    Problem.conflict(
                            "too_many_consumers", "Delete one that is not used any more."));
        }
        return first;
    }

    private void watch(boolean wanted) {
        if (wanted && traces == null) {
            traces = new ArrayBlockingQueue<>(parts.config().maxTraces());
            parts.traces().watch(tenant, watcher);
            if (!socket.isOpen()) {
                // Its end may have been heard before this.
                parts.traces().unwatch(tenant, watcher);
            }
        } else if (!wanted) {
            parts.traces().unwatch(tenant, watcher);
            traces = null;
        }
    }

    private void pass(Entry entry) throws InterruptedException {
        if (filter.passes(entry.type(), entry.payment())) {
            long before = desk.told();
            desk.told(cursor);
            desk.spend();
            send(entry.frame(before));
        } else if (entry.seq() - desk.told() >= SKIPPED_MOST) {
            tell(Frames.position(entry.seq()));
        }
    }

    /**
     * Whether there still is a reader. Asked whenever the database lets wait: what else there is to
     * tell does not wait with it.
     */
    private boolean isWanted() {
        try {
            tellWhatElse();
            return socket.isOpen();
        } catch (InterruptedException e) {
            // He was sent away for being too slow.
            return false;
        }
    }

    private void tellWhatElse() throws InterruptedException {
        boolean placed = begun && !moving;
        boolean keepsUp = placed && target < 0 && !desk.isOutOfCredit();
        for (Desk.Result result : desk.results(keepsUp ? cursor.position() : Long.MAX_VALUE)) {
            send(result.frame());
            result.handed().run();
        }
        Queue<byte[]> queue = traces;
        if (queue != null) {
            for (byte[] json = queue.poll(); json != null; json = queue.poll()) {
                send(Frames.trace(json));
            }
        }
        if (positionDue && placed) {
            positionDue = false;
            tell(Frames.position(cursor.position()));
        }
    }

    /** Says how far it is. */
    private void tell(TextFrame position) throws InterruptedException {
        desk.told(cursor);
        send(position);
    }

    private void send(TextFrame frame) throws InterruptedException {
        framesAhead++;
        bytesAhead += frame.size();
        if (framesAhead > parts.config().maxQueuedFrames() / 2
                || bytesAhead > parts.config().maxQueuedBytes() / 2) {
            if (!socket.awaitSent(parts.config().writeDeadline())) {
                socket.close(StreamCodes.SLOW_CONSUMER, "slow consumer");
                throw new InterruptedException("slow consumer");
            }
            framesAhead = 1;
            bytesAhead = frame.size();
        }
        var ignored = socket.send(frame);
    }
}
