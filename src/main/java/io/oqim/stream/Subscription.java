package io.oqim.stream;

import io.oqim.event.Event;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;
import io.oqim.store.StoreException;
import io.oqim.websocket.TextFrame;
import io.oqim.websocket.WebSocketConnection;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one tenant's events to one socket, on a virtual thread of its own: from {@code after} on,
 * without a gap, first what is there, then what comes.
 *
 * <p>Never fills the socket's queue: it waits until enough was written before it reads on, so a
 * slow reader costs memory for a few frames and nothing else.
 */
final class Subscription implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final StreamParts parts;
    private final long tenant;
    private final WebSocketConnection socket;
    private volatile EventFeed.@Nullable Tail tail;
    private long position;
    private byte @Nullable [] lastHash;

    /** The log is shorter than what was sent of it: a failover has lost writes. */
    private boolean cut;

    private int framesAhead;
    private int bytesAhead;

    Subscription(StreamParts parts, long tenant, WebSocketConnection socket, long after) {
        this.parts = parts;
        this.tenant = tenant;
        this.socket = socket;
        this.position = after;
    }

    @Override
    public void run() {
        try (EventFeed.Tail followed = parts.feed().follow(tenant)) {
            tail = followed;
            follow(followed);
        } catch (InterruptedException e) {
            // The socket is gone.
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("tenant", tenant).setCause(e).log("a stream failed");
            socket.close(StreamCodes.INTERNAL, "internal error");
        }
    }

    /**
     * Wakes it, so that it sees that its socket is closed: an interrupt could hit a database call.
     */
    void wake() {
        EventFeed.Tail followed = tail;
        if (followed != null) {
            followed.wake();
        }
    }

    private void follow(EventFeed.Tail followed) throws InterruptedException {
        EventLog.Bounds bounds = bounds();
        if (position > bounds.head() || position < bounds.oldest() - 1) {
            resync(bounds);
            return;
        }
        boolean caughtUp = false;
        while (socket.isOpen()) {
            long hinted = followed.hinted();
            List<Event> page = read();
            for (Event event : page) {
                if (!continues(event)) {
                    resync(bounds());
                    return;
                }
                send(Frames.event(position, event));
                position = event.seq();
                lastHash = event.hash();
            }
            if (page.size() == parts.config().page()) {
                continue;
            }
            if (page.isEmpty() && hinted > position) {
                followed.nothingAfter(position, hinted);
                bounds = bounds();
                if (bounds.head() < position) {
                    resync(bounds);
                    return;
                }
            }
            if (!caughtUp && position >= bounds.head()) {
                caughtUp = true;
                send(Frames.caughtUp(position));
            }
            awaitMore(followed);
            if (cut) {
                resync(bounds());
                return;
            }
        }
    }

    /** Whether it follows on what was sent last: after a failover that lost writes it may not. */
    private boolean continues(Event event) {
        return event.seq() == position + 1
                && (lastHash == null || Arrays.equals(lastHash, event.previousHash()));
    }

    private void resync(EventLog.Bounds bounds) {
        socket.send(Frames.resyncRequired(bounds));
        socket.close(StreamCodes.RESYNC, "resync required");
    }

    /** Waits for a hint; without one, looks for itself once in a while. */
    private void awaitMore(EventFeed.Tail followed) throws InterruptedException {
        long head = position;
        while (head <= position && socket.isOpen() && !cut) {
            head = followed.await(position, parts.config().headPoll(), this::head);
        }
    }

    private long head(long ofTenant) {
        try {
            long head = parts.log().head(ofTenant);
            cut = head < position;
            return head;
        } catch (StoreException e) {
            return 0;
        }
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
        socket.send(frame);
    }

    /** A database that is away delays the stream; it does not end it. */
    private List<Event> read() throws InterruptedException {
        while (true) {
            try {
                return parts.log().after(tenant, position, parts.config().page());
            } catch (StoreException e) {
                pause();
            }
        }
    }

    private EventLog.Bounds bounds() throws InterruptedException {
        while (true) {
            try {
                return parts.log().bounds(tenant);
            } catch (StoreException e) {
                pause();
            }
        }
    }

    private void pause() throws InterruptedException {
        if (!socket.isOpen()) {
            throw new InterruptedException("closed");
        }
        Thread.sleep(parts.config().databasePause());
    }
}
