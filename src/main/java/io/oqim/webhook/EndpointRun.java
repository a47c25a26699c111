package io.oqim.webhook;

import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's work for one endpoint, for as long as it has the lease and there is something to send:
 * keeps a row for each event that is to be sent ({@link Claiming}), and only then sends ({@link
 * OnTheWay}). What failed comes back when it is due.
 *
 * <p>On a thread of its own, so that what is slow or dead here delays nobody else. Whatever becomes
 * of this process, a row that it leaves is due again after {@link RunState#within}.
 */
final class EndpointRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointRun.class);

    private final WebhookParts parts;
    private final RunState state;
    private final Claiming claiming;
    private final OnTheWay onTheWay;

    /** Touched by the run's own thread alone. */
    private long renewAt;

    EndpointRun(WebhookParts parts, Lease lease) {
        this.parts = parts;
        this.state = new RunState(parts, lease);
        this.claiming = new Claiming(state);
        this.onTheWay = new OnTheWay(state);
    }

    /** There may be something new in the log. Never blocks for long. */
    void wake() {
        claiming.hint();
        state.bell().ring();
    }

    /** The log is known to reach as far as this. Never blocks for long. */
    void reaches(long head) {
        if (head > claiming.cursor()) {
            wake();
        }
    }

    /** Begins nothing new. */
    void close() {
        state.close();
    }

    @Override
    public void run() {
        try {
            boolean ignored =
                    state.step(
                            () -> {
                                state.look();
                                return true;
                            });
            work();
        } catch (StoreException e) {
            LOG.atWarn()
                    .addKeyValue("tenant", state.endpoint().tenant())
                    .log("an endpoint waits for the database: {}", e.getMessage());
        } catch (LeaseLost e) {
            // Another worker has it, or the endpoint was changed: whoever looks next sees.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release();
        }
    }

    private void work() throws InterruptedException {
        renewAt = state.now() + parts.config().lease().toNanos() / 3;
        long idleSince = state.now();
        while (!state.isClosing()) {
            if (state.now() >= renewAt && !renew()) {
                return;
            }
            boolean moved = state.now() >= onTheWay.pausedUntil() && step();
            if (moved) {
                idleSince = state.now();
            } else if (onTheWay.isEmpty()
                    && state.now() - idleSince > parts.config().linger().toNanos()) {
                return;
            } else {
                boolean ignored = state.bell().await(untilNext(idleSince));
            }
        }
    }

    /** True when it did something. Events are claimed a little ahead of what is sent. */
    private boolean step() throws InterruptedException {
        boolean claimed = claiming.claim();
        return onTheWay.send() || claimed;
    }

    /** Until something is to be done, if nobody rings before: whatever ends on its way rings. */
    private Duration untilNext(long idleSince) {
        long next = Math.min(renewAt, idleSince + parts.config().linger().toNanos());
        if (onTheWay.free() > 0) {
            long sendable = claiming.canGoOn() ? 0 : state.dueAt();
            next = Math.min(next, Math.max(sendable, onTheWay.pausedUntil()));
        }
        return Duration.ofNanos(Math.max(1_000_000, next - state.now()));
    }

    /** False when the lease is lost, or the endpoint sends no more. */
    private boolean renew() throws InterruptedException {
        return state.step(
                () -> {
                    Optional<Endpoint> same =
                            parts.endpoints().renew(state.lease(), parts.config().lease());
                    same.ifPresent(this::renewed);
                    return same.isPresent();
                });
    }

    private void renewed(Endpoint endpoint) {
        state.renewed(endpoint);
        claiming.replay();
        renewAt = state.now() + parts.config().lease().toNanos() / 3;
    }

    /** Waits for what is on its way, then lets others have the endpoint. */
    private void release() {
        try {
            onTheWay.awaitNone();
            boolean ignored =
                    state.step(
                            () -> {
                                parts.endpoints()
                                        .release(
                                                state.lease(),
                                                claiming.stored(),
                                                claiming.cursor());
                                return true;
                            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreException e) {
            // The lease ends by itself.
        }
    }
}
