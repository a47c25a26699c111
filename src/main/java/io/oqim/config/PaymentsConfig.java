package io.oqim.config;

import java.time.Duration;

/** Limits of requests for payments that are not admission's. */
public record PaymentsConfig(
        int tries,
        int maxFollowing,
        int maxLookups,
        int maxCancels,
        Duration followPause,
        Duration minSeqWait,
        int metadataScan) {
    static PaymentsConfig read(Settings s) {
        return new PaymentsConfig(
                s.integer(
                        "payments.tries",
                        3,
                        Bounds.of(1, 10),
                        "how often a request is tried, while somebody waits for it, that could not be stored in time, or was"
                                + " stored too late to be sent, unless there is too much to do (server.max-delay)"),
                s.integer(
                        "payments.max-following",
                        256,
                        Bounds.of(1, 10_000),
                        "requests at once that wait for what another process makes of their idempotency key;"
                                + " more get 409"),
                s.integer(
                        "payments.max-lookups",
                        64,
                        Bounds.of(1, 10_000),
                        "refused requests at once for which an answer under their key is looked up; more get 503"),
                s.integer(
                        "payments.max-cancels",
                        64,
                        Bounds.of(1, 10_000),
                        "idempotency keys that are canceled, and payments in review that are decided, at once; more get 503"),
                s.duration(
                        "payments.follow-pause",
                        Duration.ofMillis(250),
                        Span.millis(10, 10_000),
                        "how often they look when no hint comes"),
                s.duration(
                        "payments.min-seq-wait",
                        Duration.ofSeconds(2),
                        Span.millis(0, 60_000),
                        "how long a read waits for the log to reach its min_seq"),
                s.integer(
                        "payments.metadata-scan",
                        10_000,
                        Bounds.of(100, 1_000_000),
                        "newest payments that a list by metadata looks through"));
    }
}
