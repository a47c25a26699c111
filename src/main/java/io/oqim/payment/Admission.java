package io.oqim.payment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many payments may be at work at once. The queues behind are sized by the same number, so that
 * whoever is let in is never refused later for something being full.
 */
final class Admission {
    private final int most;
    private final Semaphore permits;
    private final Counter refused;
    private volatile boolean closed;

    Admission(int most, MeterRegistry registry) {
        this.most = most;
        this.permits = new Semaphore(most);
        this.refused =
                Counter.builder("oqim.admission.refused")
                        .description("payments refused for being too many")
                        .register(registry);
        Gauge.builder("oqim.admission.in.flight", this, a -> a.inFlight())
                .description("payments at work")
                .register(registry);
    }

    /** A place, until it is closed. Closing twice does no harm. */
    final class Permit implements AutoCloseable {
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Permit() {}

        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                permits.release();
            }
        }
    }

    /** A permit, or nothing when all are taken or the process is stopping. Never waits. */
    Optional<Permit> enter() {
        if (!closed && permits.tryAcquire()) {
            return Optional.of(new Permit());
        }
        refused();
        return Optional.empty();
    }

    /** One was refused for what everybody asks for together. */
    void refused() {
        refused.increment();
    }

    /** Whether the process is stopping. */
    boolean closed() {
        return closed;
    }

    int inFlight() {
        return most - permits.availablePermits();
    }

    /**
     * Lets nobody in any more, and waits for those inside; false when they did not all end in time.
     */
    boolean drain(java.time.Duration patience) throws InterruptedException {
        closed = true;
        if (permits.tryAcquire(most, patience.toNanos(), TimeUnit.NANOSECONDS)) {
            permits.release(most);
            return true;
        }
        return false;
    }
}
