package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** When a delivery that failed is tried again. */
final class Schedule {
    private final List<Duration> steps;
    private final double jitter;

    Schedule(WebhooksConfig config) {
        this.steps = config.schedule();
        this.jitter = config.jitter() / 100.0;
    }

    /**
     * The pause before the next attempt, a little longer than the schedule says, so that receivers
     * are not met by all at once; empty when there is none any more.
     *
     * @param attempts how many there were
     * @param retryAfter what the receiver asks for; a longer pause than ours is kept
     */
    Optional<Duration> next(int attempts, Optional<Duration> retryAfter) {
        if (attempts > steps.size()) {
            return Optional.empty();
        }
        Duration step = steps.get(attempts - 1);
        long more = (long) (step.toMillis() * jitter * ThreadLocalRandom.current().nextDouble());
        Duration pause = step.plusMillis(more);
        return Optional.of(
                retryAfter.isPresent() && retryAfter.get().compareTo(pause) > 0
                        ? retryAfter.get()
                        : pause);
    }
}
