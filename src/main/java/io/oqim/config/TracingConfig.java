package io.oqim.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Where spans are sent, and how many of them. */
public record TracingConfig(
        Optional<URI> otlpUrl,
        int samplePercent,
        boolean followCallers,
        int maxQueued,
        Duration every,
        Duration timeout) {

    static TracingConfig read(Settings s) {
        return new TracingConfig(
                url(s),
                s.integer(
                        "tracing.sample-percent",
                        10,
                        Bounds.of(0, 100),
                        "how many of a hundred traces that begin here are recorded; one that a caller began is recorded when he"
                                + " says so"),
                s.flag(
                        "tracing.follow-callers",
                        true,
                        "whether a request with a traceparent goes on with its caller's trace"),
                s.integer(
                        "tracing.max-queued",
                        4096,
                        Bounds.of(16, 1_000_000),
                        "spans that wait to be sent; more are dropped"),
                s.duration(
                        "tracing.every",
                        Duration.ofSeconds(1),
                        Span.millis(10, 60_000),
                        "how often they are sent"),
                s.duration(
                        "tracing.timeout",
                        Duration.ofSeconds(5),
                        Span.millis(100, 60_000),
                        "how long the collector may take for them; also how long a stop waits for the last ones"));
    }

    private static Optional<URI> url(Settings s) {
        String key = "tracing.otlp-url";
        String text =
                s.text(
                        key,
                        "",
                        "where spans are sent by OTLP over HTTP, as in http://collector:4318/v1/traces; empty means nowhere, and then"
                                + " no trace context is taken or passed on");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<URI> url = BankEndpoint.httpUrl(text);
        if (url.isEmpty()) {
            s.problem(key, "must be an http or https URL with a host, but is '" + text + "'");
        }
        return url;
    }
}
