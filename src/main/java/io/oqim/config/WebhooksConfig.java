package io.oqim.config;

import java.time.Duration;
import java.util.List;

/** Webhooks: when, how many at once, and to whom. */
public record WebhooksConfig(
        boolean allowHttp,
        boolean allowPrivate,
        Duration timeout,
        Duration nameTimeout,
        Duration slowAfter,
        int maxResponse,
        Duration maxRetryAfter,
        List<Duration> schedule,
        int jitter,
        Duration disableAfter,
        Duration poll,
        Duration linger,
        Duration lease,
        int page,
        int concurrency,
        int failingAfter,
        int failingConcurrency,
        int maxInFlight,
        int maxFailing,
        int maxServed,
        int maxSteps,
        int maxSigning,
        int maxWaiting,
        int maxEndpoints,
        int maxReplays,
        int maxTests,
        int nameThreads,
        Duration overlap,
        Duration keepAttempts,
        Duration keepGivenUp) {

    static WebhooksConfig read(Settings s) {
        return new WebhooksConfig(
                s.flag(
                        "webhooks.allow-http",
                        false,
                        "whether endpoints may have http addresses; for development"),
                s.flag(
                        "webhooks.allow-private",
                        false,
                        "whether endpoints may be at private and loopback addresses; for development"),
                s.duration(
                        "webhooks.timeout",
                        Duration.ofSeconds(15),
                        Span.millis(100, 60_000),
                        "for one attempt, from the look-up of the name to the end of the answer"),
                s.duration(
                        "webhooks.name-timeout",
                        Duration.ofSeconds(5),
                        Span.millis(50, 60_000),
                        "of this, for the look-up of the name"),
                s.duration(
                        "webhooks.slow-after",
                        Duration.ofSeconds(3),
                        Span.millis(10, 60_000),
                        "an endpoint whose last attempt took longer shares the places of those that fail"),
                s.integer(
                        "webhooks.max-response",
                        4096,
                        Bounds.bytes(1024, 65_536),
                        "of an answer are read; the rest is cut off"),
                s.duration(
                        "webhooks.max-retry-after",
                        Duration.ofHours(24),
                        Span.seconds(1, 86_400 * 7),
                        "a Retry-After that is longer is not listened to"),
                s.schedule(
                        "webhooks.schedule",
                        List.of(
                                Duration.ofSeconds(5),
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(30),
                                Duration.ofHours(2),
                                Duration.ofHours(5),
                                Duration.ofHours(10),
                                Duration.ofHours(14),
                                Duration.ofHours(20),
                                Duration.ofHours(24)),
                        "pauses before the attempts that follow on the first one"),
                s.integer(
                        "webhooks.jitter",
                        10,
                        new Bounds(0, 100, "percent"),
                        "by which these pauses are longer at most, at random"),
                s.duration(
                        "webhooks.disable-after",
                        Duration.ofHours(120),
                        Span.millis(100, 86_400_000L * 60),
                        "an endpoint to which nothing gets through for so long is disabled"),
                s.duration(
                        "webhooks.poll",
                        Duration.ofSeconds(1),
                        Span.millis(10, 60_000),
                        "how often endpoints with something to send are looked for when no hint comes"),
                s.duration(
                        "webhooks.linger",
                        Duration.ofSeconds(5),
                        Span.millis(10, 60_000),
                        "how long a worker keeps an endpoint that has nothing to send"),
                s.duration(
                        "webhooks.lease",
                        Duration.ofSeconds(30),
                        Span.millis(500, 600_000),
                        "for which a worker has an endpoint to itself; renewed while it works"),
                s.integer(
                        "webhooks.page",
                        100,
                        Bounds.of(1, 1000),
                        "events that an endpoint reads from the log at once"),
                s.integer(
                        "webhooks.concurrency",
                        8,
                        Bounds.of(1, 256),
                        "messages on their way to one endpoint"),
                s.integer(
                        "webhooks.failing-after",
                        3,
                        Bounds.of(1, 1000),
                        "failures in a row after which an endpoint counts as failing"),
                s.integer(
                        "webhooks.failing-concurrency",
                        2,
                        Bounds.of(1, 256),
                        "messages on their way to an endpoint that is failing"),
                s.integer(
                        "webhooks.max-in-flight",
                        2048,
                        Bounds.of(2, 100_000),
                        "messages on their way, of a process"),
                s.integer(
                        "webhooks.max-failing",
                        1024,
                        Bounds.of(1, 100_000),
                        "of these, to endpoints that are failing or slow or that never took anything; so that the others always"
                                + " find a place"),
                s.integer(
                        "webhooks.max-served",
                        5_000,
                        Bounds.of(1, 100_000),
                        "endpoints that a process works for at the same time; it leaves others to other processes"),
                s.integer(
                        "webhooks.max-steps",
                        2,
                        Bounds.of(1, 100),
                        "endpoints that ask the database at the same moment; the same number again of those that are"
                                + " failing or never took anything"),
                s.integer(
                        "webhooks.max-signing",
                        2,
                        Bounds.of(1, 256),
                        "messages in the crypto pool at the same moment, and the same number again of those"),
                s.integer(
                        "webhooks.max-waiting",
                        10_000,
                        Bounds.of(1, 10_000_000),
                        "events of one endpoint that wait for another try; with more, it reads no new ones from the"
                                + " log, which keeps them"),
                s.integer(
                        "webhooks.max-endpoints",
                        16,
                        Bounds.of(1, 10_000),
                        "endpoints of one tenant"),
                s.integer(
                        "webhooks.max-replays",
                        4,
                        Bounds.of(1, 1000),
                        "replays of one endpoint that are not done"),
                s.integer(
                        "webhooks.max-tests",
                        8,
                        Bounds.of(1, 1000),
                        "test messages of a process on their way; one for each endpoint"),
                s.integer(
                        "webhooks.name-threads",
                        32,
                        Bounds.of(1, 256),
                        "platform threads that look up names, and the same number again of endpoints that are failing or slow"
                                + " or never took anything"),
                s.duration(
                        "webhooks.overlap",
                        Duration.ofHours(24),
                        Span.millis(0, 86_400_000L * 7),
                        "how long the old secret signs too after a rotation that does not say"),
                s.duration(
                        "webhooks.keep-attempts",
                        Duration.ofDays(7),
                        Span.seconds(60, 86_400 * 90),
                        "how long attempts are kept to be looked at"),
                s.duration(
                        "webhooks.keep-given-up",
                        Duration.ofDays(30),
                        Span.seconds(60, 86_400 * 400),
                        "how long deliveries that were given up are listed"));
    }
}
