package io.oqim.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when something is due about a dispute. One thread waits for all of them: a dispute may stay
 * open for days, and an errand for each would leave no room for others.
 *
 * <p>A dispute is in here twice at most, so the number of disputes bounds it.
 */
final class Deadlines {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    private final Clock clock;
    private final DelayQueue<Deadline> queue = new DelayQueue<>();

    private record Deadline(String dispute, Instant at, Clock clock) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(clock.instant(), at));
        }

        @Override
        public int compareTo(Delayed other) {
            return other instanceof Deadline deadline
                    ? at.compareTo(deadline.at)
                    : Long.compare(
                            getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    Deadlines(Clock clock) {
        this.clock = clock;
    }

    void add(String dispute, Instant at) {
        queue.add(new Deadline(dispute, at, clock));
    }

    /** Hands over what is due, until it is interrupted. */
    void watch(Consumer<String> due) throws InterruptedException {
        while (true) {
            String dispute = queue.take().dispute();
            try {
                due.accept(dispute);
            } catch (RuntimeException e) {
                // The others' time will come all the same.
                LOG.warn("what is due about dispute {} failed", dispute, e);
            }
        }
    }
}
