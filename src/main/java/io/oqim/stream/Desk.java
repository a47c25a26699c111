package io.oqim.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.websocket.TextFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What lies between the reader of a socket, who speaks at any time, and the thread that carries
 * events to him, which may be waiting for the database or for him. Nothing here waits for either.
 */
final class Desk {
    /** Changes of a subscription that may lie here. */
    private static final int ASKED_MOST = 16;

    private static final long UNLIMITED = -1;

    private final StreamParts parts;
    private final long tenant;
    private final LongConsumer acked;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final ArrayDeque<Subscribe> asked = new ArrayDeque<>(1);

    @GuardedBy("lock")
    private boolean subscribed;

    /** As whom the reader was subscribed, or has asked to be. */
    @GuardedBy("lock")
    private @Nullable String named;

    /** As whom he is subscribed: his acknowledgements are of what he got as that. */
    @GuardedBy("lock")
    private @Nullable String consumer;

    /** Whether he counts what he wants. */
    @GuardedBy("lock")
    private boolean counts;

    @GuardedBy("lock")
    private long credit = UNLIMITED;

    /** What he wants more of what he has asked for and not got yet. */
    @GuardedBy("lock")
    private long granted;

    @GuardedBy("lock")
    private final List<Result> results = new ArrayList<>(1);

    /** The last that the reader has heard of. */
    @GuardedBy("lock")
    private Told told = new Told(0, "", Optional.empty());

    private record Told(long seq, String epoch, Optional<byte[]> hash) {}

    /**
     * What a command came to.
     *
     * @param seq of the event after which it is told; 0 when there is none
     * @param handed run when it was given to the socket
     */
    record Result(TextFrame frame, long seq, Runnable handed) {}

    /**
     * @param acked told of what is kept of the consumer's acknowledgements; must not block
     */
    Desk(StreamParts parts, long tenant, LongConsumer acked) {
        this.parts = parts;
        this.tenant = tenant;
        this.acked = acked;
    }

    /** What the reader wants from now on. */
    void subscribe(Subscribe request) {
        lock.lock();
        try {
            if (!subscribed && request.after().isEmpty() && request.consumer().isEmpty()) {
                throw new Refusal(
                        Problem.malformed(
                                "missing_field",
                                "after",
                                "The first subscription needs an after, or a consumer."));
            }
            String name = request.consumer().orElse(named);
            if (named != null && !named.equals(name)) {
                // An acknowledgement under way would be taken for the other's.
                throw new Refusal(
                        Problem.conflict(
                                "consumer_set",
                                "A stream has one consumer for as long as it lasts; open another one."));
            }
            if (asked.size() == ASKED_MOST) {
                throw new Refusal(
                        Problem.refused(
                                "too_many",
                                "type",
                                "Wait for subscribed before you change it again."));
            }
            subscribed = true;
            asked.add(request);
            named = name;
            counts = counts || request.credit().isPresent();
        } finally {
            lock.unlock();
        }
    }

    /** The next change that was asked for; it stays here until {@link #done}. */
    Optional<Subscribe> next() {
        lock.lock();
        try {
            return Optional.ofNullable(asked.peek());
        } finally {
            lock.unlock();
        }
    }

    /** What {@link #next} has shown holds from here on: of this place, and of what comes after. */
    void done(Cursor cursor) {
        lock.lock();
        try {
            Subscribe request = asked.remove();
            consumer = request.consumer().orElse(consumer);
            credit = request.credit().orElse(credit);
            if (asked.isEmpty() && credit != UNLIMITED) {
                credit = Math.min(Subscribe.CREDIT_MOST, credit + granted);
                granted = 0;
            }
            told = new Told(cursor.position(), cursor.epoch(), cursor.hash());
        } finally {
            lock.unlock();
        }
    }

    boolean hasNext() {
        lock.lock();
        try {
            return !asked.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void grant(long events) {
        lock.lock();
        try {
            if (!counts) {
                throw new Refusal(
                        Problem.conflict(
                                "no_credit", "The subscription did not begin with a credit."));
            }
            if (asked.isEmpty()) {
                credit = Math.min(Subscribe.CREDIT_MOST, credit + events);
            } else {
                granted = Math.min(Subscribe.CREDIT_MOST, granted + events);
            }
        } finally {
            lock.unlock();
        }
    }

    /** An event was sent. */
    void spend() {
        lock.lock();
        try {
            credit -= credit > 0 ? 1 : 0;
        } finally {
            lock.unlock();
        }
    }

    boolean isOutOfCredit() {
        lock.lock();
        try {
            return credit == 0;
        } finally {
            lock.unlock();
        }
    }

    /** The reader hears of all up to there. */
    void told(Cursor cursor) {
        lock.lock();
        try {
            told = new Told(cursor.position(), cursor.epoch(), cursor.hash());
        } finally {
            lock.unlock();
        }
    }

    long told() {
        lock.lock();
        try {
            return told.seq();
        } finally {
            lock.unlock();
        }
    }

    void ack(long seq) {
        lock.lock();
        try {
            String name = consumer;
            if (name == null) {
                throw new Refusal(
                        Problem.conflict("no_consumer", "The subscription has no consumer."));
            }
            if (seq < 0 || seq > told.seq() || told.epoch().isEmpty()) {
                throw new Refusal(
                        Problem.refused(
                                "invalid_value", "seq", "It must not be above what was sent."));
            }
            parts.consumers()
                    .ack(
                            new ConsumerStore.Ack(
                                    new ConsumerStore.Name(tenant, name),
                                    told.epoch(),
                                    seq,
                                    new ConsumerStore.Sent(told.seq(), told.hash())),
                            acked);
        } finally {
            lock.unlock();
        }
    }

    /** The log is not the one that was read: what was acknowledged of it is not to be kept. */
    void forget() {
        lock.lock();
        try {
            if (consumer != null) {
                parts.consumers().forget(tenant, consumer);
            }
        } finally {
            lock.unlock();
        }
    }

    void result(Result result) {
        lock.lock();
        try {
            results.add(result);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the results that may be told once the reader has heard of all up to {@code seq}. */
    List<Result> results(long seq) {
        lock.lock();
        try {
            if (results.isEmpty()) {
                return List.of();
            }
            List<Result> now = results.stream().filter(result -> result.seq() <= seq).toList();
            results.removeAll(now);
            return now;
        } finally {
            lock.unlock();
        }
    }
}
