package io.oqim.config;

import java.time.Duration;
import java.util.List;

/** Chargebacks: how banks are asked for them, and what an answer to one may be. */
public record DisputesConfig(
        Duration poll,
        Duration every,
        Duration pause,
        Duration lease,
        int batch,
        List<Duration> schedule,
        int concurrency,
        int maxText,
        int maxFiles,
        int maxFileBytes,
        int maxUploads,
        int maxUploadsPerTenant,
        Duration keepParts) {

    static DisputesConfig read(Settings s) {
        return new DisputesConfig(
                s.duration(
                        "disputes.poll",
                        Duration.ofMillis(500),
                        Span.millis(10, 60_000),
                        "how often due work is looked for"),
                s.duration(
                        "disputes.every",
                        Duration.ofMinutes(1),
                        Span.millis(100, 86_400_000),
                        "how often a bank is asked for changes of disputes when no callback tells of one"),
                s.duration(
                        "disputes.pause",
                        Duration.ofSeconds(1),
                        Span.millis(10, 3_600_000),
                        "how long after it was asked a bank is not asked again, whatever callbacks say"),
                s.duration(
                        "disputes.lease",
                        Duration.ofMinutes(2),
                        Span.seconds(1, 3600),
                        "how long a worker has a bank's changes, or an answer that it sends, for itself"),
                s.integer(
                        "disputes.batch",
                        100,
                        Bounds.of(1, 1000),
                        "changes of disputes, and disputes that are overdue, looked up at once"),
                s.schedule(
                        "disputes.schedule",
                        List.of(
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(2),
                                Duration.ofMinutes(10)),
                        "pauses between tries to send an answer to a bank; the last one repeats"),
                s.integer(
                        "disputes.concurrency",
                        4,
                        Bounds.of(1, 1000),
                        "answers that are sent to one bank at once"),
                s.integer(
                        "disputes.max-text",
                        20_000,
                        Bounds.of(1, 20_000),
                        "longest text of an answer, in characters"),
                s.integer("disputes.max-files", 10, Bounds.of(1, 10), "most files of one dispute"),
                s.integer(
                        "disputes.max-file",
                        5_242_880,
                        Bounds.bytes(1024, 5_242_880),
                        "largest file"),
                s.integer(
                        "disputes.max-uploads",
                        16,
                        Bounds.of(1, 10_000),
                        "files that are taken at once; more get 503. Each needs about 1 MiB while it comes"),
                s.integer(
                        "disputes.max-uploads-per-tenant",
                        4,
                        Bounds.of(1, 10_000),
                        "files of one merchant's mode that are taken at once; more get 503"),
                s.duration(
                        "disputes.keep-parts",
                        Duration.ofDays(1),
                        Span.seconds(3600, 86_400 * 30),
                        "how long parts of files that never became whole are kept"));
    }
}
