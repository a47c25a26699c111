package io.oqim.payment;

import io.oqim.config.OqimConfig;
import io.oqim.http.Refusal;
import io.oqim.observe.Scope;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is written for a caller without a driver of its own. Each on a thread of its own, since a
 * change that is in a transaction is waited for without limit, and the caller is not.
 */
final class Insistent {
    private final OqimConfig config;
    private final Semaphore places;

    Insistent(OqimConfig config) {
        this.config = config;
        this.places = new Semaphore(config.payments().maxCancels());
    }

    /** What came of it. */
    private sealed interface Outcome<T> {
        record Done<T>(T value) implements Outcome<T> {}

        record Failed<T>(RuntimeException cause) implements Outcome<T> {}
    }

    /**
     * Blocks no longer than a request may take; the work goes on.
     *
     * @throws Refusal 503 when there are too many, or it cannot be said in time
     */
    <T> T run(Supplier<T> work) throws InterruptedException {
        if (!places.tryAcquire()) {
            throw new Refusal(Refusals.overloaded());
        }
        AtomicReference<@Nullable Outcome<T>> outcome = new AtomicReference<>();
        Scope scope = Scope.current();
        Thread thread =
                Thread.ofVirtual()
                        .name("insistent")
                        .start(() -> scope.run(() -> outcome.set(outcome(work))));
        if (!thread.join(config.server().requestDeadline())) {
            throw new Refusal(Refusals.unsaid());
        }
        return switch (outcome.get()) {
            case Outcome.Done<T> done -> done.value();
            case Outcome.Failed<T> failed -> throw failed.cause();
            case null -> throw new IllegalStateException("work without an outcome");
        };
    }

    private <T> Outcome<T> outcome(Supplier<T> work) {
        try {
            return new Outcome.Done<>(work.get());
        } catch (RuntimeException e) {
            return new Outcome.Failed<>(e);
        } finally {
            places.release();
        }
    }
}
