package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many messages of a process are on their way: a bound for all, and a narrower one for those to
 * endpoints that are failing, so that any number of dead receivers leaves places for the others.
 */
final class Places {
    private final Semaphore all;
    private final Semaphore failing;

    Places(WebhooksConfig config) {
        this.all = new Semaphore(config.maxInFlight(), true);
        this.failing = new Semaphore(config.maxFailing(), true);
    }

    /** A place, which has to be left. */
    record Place(Semaphore all, Semaphore failing, boolean ofFailing) {
        void leave() {
            all.release();
            if (ofFailing) {
                failing.release();
            }
        }
    }

    /** Waits for a place; empty when there was none in time. */
    java.util.Optional<Place> take(boolean ofFailing, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            if (ofFailing && !failing.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return java.util.Optional.empty();
            }
            if (all.tryAcquire(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                return java.util.Optional.of(new Place(all, failing, ofFailing));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return java.util.Optional.empty();
        }
        if (ofFailing) {
            failing.release();
        }
        return java.util.Optional.empty();
    }
}
