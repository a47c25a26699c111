package io.oqim.config;

import java.time.Duration;
import java.util.List;

/** The worker that asks banks what became of attempts. */
public record ResolverConfig(
        List<Duration> schedule,
        Duration poll,
        Duration probe,
        int batch,
        int concurrency,
        int hints,
        Duration stopWait,
        Duration unconfiguredEvery,
        Duration lease,
        Duration tombstoneAfter,
        Duration challengeLimit,
        Duration pendingLimit,
        Duration reopenedFor,
        Duration resolveBy) {

    static ResolverConfig read(Settings s) {
        return new ResolverConfig(
                s.schedule(
                        "resolver.schedule",
                        List.of(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(15),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(5)),
                        "pauses between questions about one attempt; the last one repeats"),
                s.duration(
                        "resolver.poll",
                        Duration.ofMillis(500),
                        Span.millis(10, 60_000),
                        "how often due work is looked for"),
                s.duration(
                        "resolver.probe",
                        Duration.ofSeconds(1),
                        Span.millis(10, 60_000),
                        "how often a bank that does not answer is asked about one open outcome, to see whether it is"
                                + " back"),
                s.integer(
                        "resolver.batch",
                        200,
                        Bounds.of(1, 10_000),
                        "attempts of one bank looked up at once"),
                s.integer(
                        "resolver.concurrency",
                        64,
                        Bounds.of(1, 10_000),
                        "questions to one bank at once"),
                s.integer(
                        "resolver.hints",
                        16,
                        Bounds.of(1, 10_000),
                        "callbacks that are followed at once; more are dropped, and asked about in time"),
                s.duration(
                        "resolver.stop-wait",
                        Duration.ofSeconds(2),
                        Span.millis(0, 60_000),
                        "how long a stop waits for questions under way"),
                s.duration(
                        "resolver.unconfigured-every",
                        Duration.ofMinutes(1),
                        Span.millis(10, 86_400_000),
                        "how often attempts of banks that are not configured any more are looked up"),
                s.duration(
                        "resolver.lease",
                        Duration.ofSeconds(30),
                        Span.seconds(1, 3600),
                        "how long a worker has an attempt for itself; longer than the calls to the bank that it makes"),
                s.duration(
                        "resolver.tombstone-after",
                        Duration.ofSeconds(10),
                        Span.millis(100, 86_400_000),
                        "age at which an attempt that the bank does not know is voided by its reference, so that it"
                                + " never can happen"),
                s.duration(
                        "resolver.challenge-limit",
                        Duration.ofMinutes(30),
                        Span.millis(100, 86_400_000),
                        "how long a customer has for what he has to do; then the payment is voided by its reference and"
                                + " expired"),
                s.duration(
                        "resolver.pending-limit",
                        Duration.ofDays(7),
                        Span.millis(100, 86_400_000L * 365),
                        "how long a bank may have something pending before it is in the operator's queue"),
                s.duration(
                        "resolver.reopened-for",
                        Duration.ofSeconds(60),
                        Span.millis(100, 86_400_000),
                        "how long a payment whose call proved unsent waits for its caller to try again before it fails"),
                s.duration(
                        "resolver.resolve-by",
                        Duration.ofHours(24),
                        Span.seconds(1, 86_400 * 30),
                        "time by which an outcome in doubt is promised to be settled"));
    }
}
