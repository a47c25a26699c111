package io.oqim.config;

import java.time.Duration;

/** How much one tenant may ask for. */
public record LimitsConfig(
        int requestsPerSecond, Duration burst, Duration compareEvery, int buckets) {

    static LimitsConfig read(Settings s) {
        return new LimitsConfig(
                s.integer(
                        "limits.requests-per-second",
                        1000,
                        Bounds.of(0, 1_000_000),
                        "requests with a key, and commands on sockets, of one tenant to all processes together, for tenants"
                                + " without a limit of their own; 0 is no limit; more get 429"),
                s.duration(
                        "limits.burst",
                        Duration.ofSeconds(2),
                        Span.seconds(1, 60),
                        "so many seconds' requests may come at once after a time in which fewer came"),
                s.duration(
                        "limits.compare-every",
                        Duration.ofMillis(100),
                        Span.millis(1, 1_000),
                        "how long a process counts by itself at least before it compares with the others, by Redis: within it, each"
                                + " may let through what was left"),
                s.integer(
                        "limits.buckets",
                        20_000,
                        Bounds.of(100, 10_000_000),
                        "tenants whose requests a process counts; one that is forgotten is counted anew"));
    }
}
