package io.oqim.config;

import java.time.Duration;

/** What the worker does once in a while, and for how long things are kept. */
public record UpkeepConfig(
        Duration every,
        Duration retry,
        Duration backlogEvery,
        int batch,
        int partitionsAhead,
        Duration keepMarks,
        Duration keepAnswers) {
    static UpkeepConfig read(Settings s) {
        return new UpkeepConfig(
                s.duration(
                        "upkeep.every",
                        Duration.ofHours(1),
                        Span.seconds(1, 86_400),
                        "pause between rounds"),
                s.duration(
                        "upkeep.retry",
                        Duration.ofSeconds(10),
                        Span.millis(100, 3_600_000),
                        "pause before a round that failed is tried again"),
                s.duration(
                        "upkeep.backlog-every",
                        Duration.ofSeconds(15),
                        Span.millis(50, 3_600_000),
                        "how often what is left to do is counted, for the metrics"),
                s.integer(
                        "upkeep.batch",
                        5000,
                        Bounds.of(1, 100_000),
                        "rows removed by one statement"),
                s.integer(
                        "upkeep.partitions-ahead",
                        3,
                        Bounds.of(1, 24),
                        "months for which the log has partitions in advance"),
                s.duration(
                        "upkeep.keep-marks",
                        Duration.ofDays(7),
                        Span.seconds(3600, 86_400 * 365),
                        "how long the marks of the journal's transactions are kept"),
                s.duration(
                        "upkeep.keep-answers",
                        Duration.ofDays(30),
                        Span.seconds(86_400 * 30, 86_400 * 3650),
                        "how long an answer is replayed byte for byte under its idempotency key; later the key answers"
                                + " with the payment as it is then"));
    }
}
