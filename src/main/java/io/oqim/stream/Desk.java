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

    @GuardedBy("lock")
    private @Nullable String consumer;

    @GuardedBy("lock")
    private long credit = UNLIMITED;

    @GuardedBy("lock")
    private List<Result> results = List.of();

    /** The last that the reader has heard of. */
    @GuardedBy("lock")
    private Told told = new Told(0, "", Optional.empty());

    private record Told(long seq, String epoch, Optional<byte[]> hash) {}

    /**
     * @param seq of the event after which it is told; 0 when there is none
     */
    private record Result(TextFrame frame, long seq) {}

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
            if (asked.size() == ASKED_MOST) {
                throw new Refusal(
                        Problem.refused(
                                "too_many",
                                "type",
                                "Wait for subscribed before you change it again."));
            }
            subscribed = true;
            asked.add(request);
            consumer = request.consumer().orElse(consumer);
            credit = request.credit().orElse(credit);
        } finally {
            lock.unlock();
        }
    }

    /** The next change that was asked for. */
    Optional<Subscribe> next() {
        lock.lock();
        try {
            return Optional.ofNullable(asked.poll());
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
            if (credit == UNLIMITED) {
                throw new Refusal(
                        Problem.conflict(
                                "no_credit", "The subscription did not begin with a credit."));
            }
            credit = Math.min(Subscribe.CREDIT_MOST, credit + events);
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
                            new ConsumerStore.Offset(
                                    tenant,
                                    name,
                                    told.epoch(),
                                    seq,
                                    seq == told.seq() ? told.hash() : Optional.empty()),
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

    void result(TextFrame frame, long seq) {
        lock.lock();
        try {
            List<Result> more = new ArrayList<>(results);
            more.add(new Result(frame, seq));
            results = more;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the results that may be told once the reader has heard of all up to {@code seq}. */
    List<TextFrame> results(long seq) {
        lock.lock();
        try {
            if (results.isEmpty()) {
                return List.of();
            }
            List<TextFrame> now = new ArrayList<>();
            List<Result> later = new ArrayList<>();
            for (Result result : results) {
                if (result.seq() <= seq) {
                    now.add(result.frame());
                } else {
                    later.add(result);
                }
            }
            results = List.copyOf(later);
            return now;
        } finally {
            lock.unlock();
        }
    }
}
