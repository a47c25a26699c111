package io.oqim.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oqim.concurrent.OnDemand;
import io.oqim.event.EventFilter;
import io.oqim.event.EventLog;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.observe.Traces;
import io.oqim.websocket.TextFrame;
import io.oqim.websocket.WebSocketConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one tenant's events to one socket, without a gap, first what is there, then what comes.
 * It has a thread only while there is something to carry.
 *
 * <p>Never fills the socket's queue: it waits until enough was written before it goes on, so a slow
 * reader costs memory for a few frames and nothing else.
 */
final class Subscription implements Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** Events that a filter may hold back before the reader hears of it. */
    private static final int SKIPPED_MOST = 1000;

    private static final long UNLIMITED = -1;

    private final StreamParts parts;
    private final long tenant;
    private final WebSocketConnection socket;
    private final LiveTail tail;
    private final OnDemand carrying = new OnDemand("stream-carry", this::carry);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean positionDue;

    @GuardedBy("lock")
    private final Cursor cursor;

    @GuardedBy("lock")
    private boolean begun;

    @GuardedBy("lock")
    private EventFilter filter = EventFilter.ALL;

    @GuardedBy("lock")
    private @Nullable String consumer;

    @GuardedBy("lock")
    private long credit = UNLIMITED;

    /** The last sequence number that the reader has heard of. */
    @GuardedBy("lock")
    private long told;

    /** Where the reader has caught up; -1 once it knows. */
    @GuardedBy("lock")
    private long target;

    /** What happens right now, if the reader wants to see it; dropped when he does not keep up. */
    private volatile @Nullable Queue<byte[]> traces;

    private final Traces.Watcher watcher = this::trace;

    /** What commands came to, and is not told yet. */
    @GuardedBy("lock")
    private List<Result> results = List.of();

    @GuardedBy("lock")
    private int framesAhead;

    @GuardedBy("lock")
    private int bytesAhead;

    /**
     * @param seq of the event after which it is told; 0 when there is none
     */
    private record Result(TextFrame frame, long seq) {}

    Subscription(StreamParts parts, long tenant, WebSocketConnection socket) {
        this.parts = parts;
        this.tenant = tenant;
        this.socket = socket;
        this.tail = parts.tails().follow(tenant, this);
        this.cursor = new Cursor(parts.pages(), tail, socket::isOpen);
    }

    /**
     * Begins, or changes what is subscribed. Blocks on the database.
     *
     * @throws Refusal when it asks for what cannot be
     */
    void subscribe(Subscribe request) {
        lock.lock();
        try {
            Optional<Cursor.Start> start = start(request);
            filter =
                    new EventFilter(
                            request.types().orElse(filter.types()),
                            request.payment().or(filter::payment));
            consumer = request.consumer().orElse(consumer);
            credit = request.credit().orElse(credit);
            request.trace().ifPresent(this::watch);
            told = start.map(Cursor.Start::after).orElseGet(cursor::position);
            var ignored = socket.send(Frames.subscribed(told));
            begun = true;
            if (start.isPresent()) {
                target = cursor.start(start.get()).head();
            }
        } catch (ResyncRequired e) {
            resync(e.bounds());
        } catch (InterruptedException e) {
            // The socket is gone.
        } finally {
            lock.unlock();
        }
        carrying.signal();
    }

    private void watch(boolean wanted) {
        if (wanted && traces == null) {
            traces = new ArrayBlockingQueue<>(parts.config().maxTraces());
            parts.traces().watch(tenant, watcher);
        } else if (!wanted) {
            parts.traces().unwatch(tenant, watcher);
            traces = null;
        }
    }

    /** Called by whoever works on a payment. */
    private void trace(byte[] json) {
        Queue<byte[]> queue = traces;
        if (queue != null && queue.offer(json)) {
            carrying.signal();
        }
    }

    /** From where to go on; empty to stay where it is. */
    @GuardedBy("lock")
    private Optional<Cursor.Start> start(Subscribe request) throws InterruptedException {
        OptionalLong after = request.after();
        if (after.isPresent()) {
            if (request.consumer().isPresent()) {
                var ignored = offset(request.consumer().get());
            }
            return Optional.of(
                    new Cursor.Start(after.getAsLong(), request.hash(), request.epoch()));
        }
        if (request.consumer().isPresent()) {
            ConsumerStore.Offset kept = offset(request.consumer().get());
            return Optional.of(
                    new Cursor.Start(kept.seq(), Optional.empty(), Optional.of(kept.epoch())));
        }
        if (!begun) {
            throw new Refusal(
                    Problem.malformed(
                            "missing_field",
                            "after",
                            "The first subscription needs an after, or a consumer."));
        }
        return Optional.empty();
    }

    /** How far a consumer is; one who is new begins with the oldest that is kept. */
    private ConsumerStore.Offset offset(String name) throws InterruptedException {
        Consumers consumers = parts.consumers();
        Optional<ConsumerStore.Offset> kept =
                parts.pages().ask(() -> consumers.find(tenant, name), socket::isOpen);
        if (kept.isPresent()) {
            return kept.get();
        }
        EventLog.Bounds bounds = parts.pages().bounds(tenant, socket::isOpen);
        var first = new ConsumerStore.Offset(tenant, name, bounds.epoch(), bounds.oldest() - 1);
        if (!parts.pages().ask(() -> consumers.create(first), socket::isOpen)) {
            throw new Refusal(
                    Problem.conflict(
                            "too_many_consumers", "Delete one that is not used any more."));
        }
        return first;
    }

    /** The reader has room for so many more. */
    void grant(long events) {
        lock.lock();
        try {
            if (credit == UNLIMITED) {
                throw new Refusal(
                        Problem.conflict(
                                "no_credit", "The subscription did not begin with a credit."));
            }
            credit = Math.min(Subscribe.CREDIT_MOST, credit + events);
        } finally {
            lock.unlock();
        }
        carrying.signal();
    }

    /** The reader has dealt with all up to there. */
    void ack(long seq) {
        lock.lock();
        try {
            String name = consumer;
            if (name == null) {
                throw new Refusal(
                        Problem.conflict("no_consumer", "The subscription has no consumer."));
            }
            if (seq < 0 || seq > told) {
                throw new Refusal(
                        Problem.refused(
                                "invalid_value", "seq", "It must not be above what was sent."));
            }
            parts.consumers()
                    .ack(
                            new ConsumerStore.Offset(tenant, name, cursor.epoch(), seq),
                            kept -> {
                                var ignored = socket.send(Frames.acked(kept));
                            });
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells what a command came to: after the event that goes with it, if the reader keeps up with
     * the log; at once if he does not, or does not want more for now.
     */
    void tellResult(TextFrame frame, long seq) {
        lock.lock();
        try {
            List<Result> more = new ArrayList<>(results);
            more.add(new Result(frame, seq));
            results = more;
        } finally {
            lock.unlock();
        }
        carrying.signal();
    }

    /** The reader shall hear how far it is, also when there is nothing else to say. */
    void tellPosition() {
        positionDue = true;
        carrying.signal();
    }

    @Override
    public void wake() {
        carrying.signal();
    }

    /** The socket is closed. */
    void end() {
        parts.tails().leave(tail, this);
        parts.traces().unwatch(tenant, watcher);
    }

    private void carry() {
        lock.lock();
        try {
            if (begun) {
                carryAll();
            }
        } catch (ResyncRequired e) {
            resync(e.bounds());
        } catch (InterruptedException e) {
            // The socket is gone.
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("tenant", tenant).setCause(e).log("a stream failed");
            socket.close(StreamCodes.INTERNAL, "internal error");
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void carryAll() throws ResyncRequired, InterruptedException {
        boolean more = true;
        while (more && socket.isOpen()) {
            if (target >= 0 && cursor.position() >= target) {
                target = -1;
                tell(Frames.caughtUp(cursor.position()));
            }
            Entry next = credit == 0 ? null : cursor.peek();
            if (next == null) {
                more = false;
            } else {
                cursor.take();
                pass(next);
            }
            tellResults();
        }
        tellTraces();
        if (positionDue) {
            positionDue = false;
            tell(Frames.position(cursor.position()));
        }
    }

    @GuardedBy("lock")
    private void tellTraces() throws InterruptedException {
        Queue<byte[]> queue = traces;
        if (queue != null) {
            for (byte[] json = queue.poll(); json != null; json = queue.poll()) {
                send(Frames.trace(json));
            }
        }
    }

    @GuardedBy("lock")
    private void tellResults() throws InterruptedException {
        if (results.isEmpty()) {
            return;
        }
        List<Result> later = new ArrayList<>();
        for (Result result : results) {
            if (result.seq() > cursor.position() && target < 0 && credit != 0) {
                later.add(result);
            } else {
                send(result.frame());
            }
        }
        results = List.copyOf(later);
    }

    @GuardedBy("lock")
    private void pass(Entry entry) throws InterruptedException {
        if (filter.passes(entry.type(), entry.payment())) {
            send(entry.frame(told));
            told = entry.seq();
            credit -= credit > 0 ? 1 : 0;
        } else if (entry.seq() - told >= SKIPPED_MOST) {
            tell(Frames.position(entry.seq()));
        }
    }

    /** Says how far it is. */
    @GuardedBy("lock")
    private void tell(TextFrame position) throws InterruptedException {
        told = cursor.position();
        send(position);
    }

    private void resync(EventLog.Bounds bounds) {
        var ignored = socket.send(Frames.resyncRequired(bounds));
        socket.close(StreamCodes.RESYNC, "resync required");
    }

    @GuardedBy("lock")
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
