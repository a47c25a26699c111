package io.oqim.webhook;

import io.oqim.concurrent.Bell;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What the parts of an {@link EndpointRun} share: the lease, what waits, and when something is due.
 * Safe for use by the run's thread and by those that send.
 */
final class RunState {
    /** Secrets that sign one message: the newest, and those of rotations that overlap. */
    private static final int SECRETS_MOST = 10;

    /** Events that are claimed ahead, for each that may be on its way. */
    private static final int AHEAD = 4;

    private static final long NEVER = Long.MAX_VALUE;

    private final WebhookParts parts;
    private final Bell bell = new Bell();
    private final Health health;
    private final long origin = System.nanoTime();
    private volatile Lease lease;
    private volatile List<UUID> secrets = List.of();
    private volatile boolean closing;

    /** What waits: counted anew with each lease, for a replay may count what is there already. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** Of those that wait, the ones that were not sent yet. */
    private final AtomicInteger untried = new AtomicInteger();

    /** When something is due again, in nanoseconds since the run began. */
    private final AtomicLong dueAt = new AtomicLong();

    RunState(WebhookParts parts, Lease lease) {
        this.parts = parts;
        this.lease = lease;
        this.health = new Health(parts.config(), lease);
    }

    WebhookParts parts() {
        return parts;
    }

    Bell bell() {
        return bell;
    }

    Health health() {
        return health;
    }

    Lease lease() {
        return lease;
    }

    Endpoint endpoint() {
        return lease.endpoint();
    }

    List<UUID> secrets() {
        return secrets;
    }

    /** Begins nothing new. */
    void close() {
        closing = true;
        bell.ring();
    }

    boolean isClosing() {
        return closing;
    }

    /** In nanoseconds since the run began. */
    long now() {
        return System.nanoTime() - origin;
    }

    /** Asks the database, as one of few at once. */
    <T> T step(Supplier<T> asking) throws InterruptedException {
        return parts.places().step(health.isTrusted(), asking);
    }

    /** Blocks on the database. */
    void look() {
        secrets = parts.endpoints().secrets(endpoint().tenant(), endpoint().id(), SECRETS_MOST);
        DeliveryStore.Backlog backlog = parts.deliveries().backlog(endpoint());
        waiting.set(backlog.waiting());
        untried.set(backlog.untried());
    }

    /** The lease goes on, of an endpoint as it is now. Blocks on the database. */
    void renewed(Endpoint endpoint) {
        lease = lease.with(endpoint);
        look();
        // Also what was left by a sender who died, or made due by somebody else.
        dueAt.set(0);
    }

    /** How many more may be claimed, a little ahead of what is sent. */
    int room() {
        return waiting.get() >= parts.config().maxWaiting()
                ? 0
                : AHEAD * health.most() - untried.get();
    }

    void claimed(int count) {
        waiting.addAndGet(count);
        untried.addAndGet(count);
        if (count > 0) {
            dueIn(Duration.ZERO);
        }
    }

    void tried() {
        var ignored = untried.updateAndGet(count -> Math.max(0, count - 1));
    }

    void ended() {
        var ignored = waiting.decrementAndGet();
    }

    /** After which a row is due again, if nothing is known of it by then. */
    Duration within() {
        return parts.config().timeout().plus(parts.config().lease());
    }

    void dueIn(Duration pause) {
        var ignored = dueAt.accumulateAndGet(now() + pause.toNanos(), Math::min);
    }

    /** Until somebody says otherwise. */
    void nothingDue() {
        dueAt.set(NEVER);
    }

    long dueAt() {
        return dueAt.get();
    }
}
