package io.oqim.sandbox;

import java.time.Duration;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * How long a call takes.
 *
 * @param medianMillis the constant, or the median of the log-normal distribution
 * @param sigma of the log-normal distribution
 * @param tail what some calls take instead
 */
record Latency(Distribution distribution, double medianMillis, double sigma, Tail tail) {
    /** No call takes longer, whatever the distribution says. */
    static final Duration MAX = Duration.ofMinutes(2);

    private static final double NANOS_PER_MILLI = 1e6;

    enum Distribution {
        CONSTANT,
        LOG_NORMAL;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param probability from 0 to 1
     */
    record Tail(double probability, double millis) {
        static final Tail NONE = new Tail(0, 0);
    }

    static Latency constant(Duration length) {
        return new Latency(Distribution.CONSTANT, length.toNanos() / NANOS_PER_MILLI, 0, Tail.NONE);
    }

    Duration sample(RandomGenerator random) {
        boolean late = tail.probability() > 0 && random.nextDouble() < tail.probability();
        double millis = late ? tail.millis() : body(random);
        double most = MAX.toMillis();
        return Duration.ofNanos((long) (Math.min(millis, most) * NANOS_PER_MILLI));
    }

    private double body(RandomGenerator random) {
        return switch (distribution) {
            case CONSTANT -> medianMillis;
            case LOG_NORMAL -> medianMillis * Math.exp(sigma * random.nextGaussian());
        };
    }
}
