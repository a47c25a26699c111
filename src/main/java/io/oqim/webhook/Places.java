package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How much endpoints may use of what all of a process share: messages on their way, the database,
 * the crypto pool. Those that are failing or slow, or never took anything, share a part of it among
 * themselves, so that any number of dead receivers leaves the rest to the others.
 */
final class Places {
    private final Semaphore all;
    private final Semaphore failing;
    private final Semaphore stepsOfTrusted;
    private final Semaphore stepsOfOthers;
    private final Semaphore signingOfTrusted;
    private final Semaphore signingOfOthers;

    Places(WebhooksConfig config) {
        this.all = new Semaphore(config.maxInFlight(), true);
        this.failing = new Semaphore(config.maxFailing(), true);
        this.stepsOfTrusted = new Semaphore(config.maxSteps(), true);
        this.stepsOfOthers = new Semaphore(config.maxSteps(), true);
        this.signingOfTrusted = new Semaphore(config.maxSigning(), true);
        this.signingOfOthers = new Semaphore(config.maxSigning(), true);
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

    /** What asks the database: few at once. */
    <T> T step(boolean trusted, Supplier<T> step) throws InterruptedException {
        return within(trusted ? stepsOfTrusted : stepsOfOthers, step);
    }

    /** What computes on the crypto pool, which payments use too: very few at once. */
    <T> T signing(boolean trusted, Supplier<T> signing) throws InterruptedException {
        return within(trusted ? signingOfTrusted : signingOfOthers, signing);
    }

    private static <T> T within(Semaphore bound, Supplier<T> work) throws InterruptedException {
        bound.acquire();
        try {
            return work.get();
        } finally {
            bound.release();
        }
    }

    /** So many places at most: the first is waited for, the others are taken if they are free. */
    List<Place> take(boolean ofFailing, int most, Duration patience) {
        List<Place> taken = new ArrayList<>();
        Optional<Place> next = most > 0 ? take(ofFailing, patience) : Optional.empty();
        while (next.isPresent()) {
            taken.add(next.get());
            next = taken.size() < most ? take(ofFailing, Duration.ZERO) : Optional.empty();
        }
        return taken;
    }

    /** Waits for a place; empty when there was none in time. */
    private Optional<Place> take(boolean ofFailing, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            if (ofFailing && !failing.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return Optional.empty();
            }
            if (all.tryAcquire(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                return Optional.of(new Place(all, failing, ofFailing));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        if (ofFailing) {
            failing.release();
        }
        return Optional.empty();
    }
}
