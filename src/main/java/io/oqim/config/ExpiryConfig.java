package io.oqim.config;

import java.time.Duration;

/** The worker that releases authorizations nobody captured in time. */
public record ExpiryConfig(Duration poll, int batch, int tenantsAtOnce, Duration retry) {
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
                        "authorizations looked up at once"),
                s.integer(
                        "expiry.tenants-at-once",
                        64,
                        Bounds.of(1, 10_000),
                        "tenants whose authorizations are expired at once"),
                s.duration(
                        "expiry.retry",
                        Duration.ofHours(1),
                        Span.millis(100, 86_400_000),
                        "pause before a bank that refused to release one is asked again"));
    }
}
