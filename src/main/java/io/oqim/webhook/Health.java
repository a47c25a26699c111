package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import java.util.concurrent.atomic.AtomicInteger;

/** How a receiver does, as the run that serves it sees it, and what it is trusted with. */
final class Health {
    private static final int TRUST_MOST = 1_000_000;

    private final WebhooksConfig config;
    private final AtomicInteger failures;

    /** Messages that got through one after the other. */
    private final AtomicInteger trust = new AtomicInteger();

    private volatile boolean proven;
    private volatile boolean slow;

    Health(WebhooksConfig config, Lease lease) {
        this.config = config;
        this.failures = new AtomicInteger(lease.failures());
        this.proven = lease.proven();
    }

    void see(Outcome outcome) {
        slow = outcome.latency().compareTo(config.slowAfter()) > 0;
        if (outcome.delivered()) {
            proven = true;
            failures.set(0);
            var ignored = trust.updateAndGet(count -> Math.min(TRUST_MOST, count + 1));
        } else {
            trust.set(0);
            var ignored = failures.incrementAndGet();
        }
    }

    /** Something got through once, not nothing since, and not late. */
    boolean isTrusted() {
        return proven && !isFailing() && !slow;
    }

    private boolean isFailing() {
        return failures.get() >= config.failingAfter();
    }

    /**
     * How many messages may be on their way: one at first, one more with each that gets through. So
     * receivers that are silent from the beginning hold one place each, not all that they may have;
     * one that falls silent while it is busy has them until its first time-out.
     */
    int most() {
        int most = isFailing() ? config.failingConcurrency() : config.concurrency();
        return Math.min(most, 1 + trust.get());
    }
}
