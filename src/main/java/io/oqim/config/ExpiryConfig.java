package io.oqim.config;

import java.time.Duration;

/** The worker that releases authorizations nobody captured in time. */
public record ExpiryConfig(Duration poll, int batch, Duration retry) {
    static ExpiryConfig read(Settings s) {
        return new ExpiryConfig(
                s.duration(
                        "expiry.poll",
                        Duration.ofSeconds(10),
                        Span.millis(10, 3_600_000),
                        "how often authorizations whose time is over are looked for"),
                s.integer(
                        "expiry.batch",
                        500,
                        Bounds.of(1, 10_000),
                        "authorizations looked up at once; the rest is looked up at once when they are done"),
                s.duration(
                        "expiry.retry",
                        Duration.ofHours(1),
                        Span.millis(100, 86_400_000),
                        "pause before a bank that refused to release one is asked again"));
    }
}
