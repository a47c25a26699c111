package io.oqim.config;

import java.time.Duration;

/** The journal's lanes. */
public record JournalConfig(
        int lanes,
        int backgroundLanes,
        int maxBatch,
        int tenantsPerBatch,
        Duration commitWait,
        Duration secondCommit,
        Duration retryPause,
        Duration retryLock) {

    static JournalConfig read(Settings s) {
        return new JournalConfig(
                s.integer(
                        "journal.lanes",
                        2,
                        Bounds.of(1, 64),
                        "writers of payments; a tenant always has the same one"),
                s.integer(
                        "journal.background-lanes",
                        1,
                        Bounds.of(1, 16),
                        "writers of work that no caller waits for"),
                s.integer(
                        "journal.max-batch",
                        128,
                        Bounds.of(1, 2000),
                        "changes in one transaction at most"),
                s.integer(
                        "journal.tenants-per-batch",
                        2000,
                        Bounds.of(1, 2000),
                        "tenants in one transaction at most; 1 where tenants are spread over several servers, so that no transaction"
                                + " is on two of them"),
                s.duration(
                        "journal.commit-wait",
                        Duration.ofSeconds(2),
                        Span.millis(50, 60_000),
                        "how long a first commit may stay queued before it is withdrawn"),
                s.duration(
                        "journal.second-commit",
                        Duration.ofSeconds(1),
                        Span.millis(50, 60_000),
                        "time reserved in the request deadline for the second commit"),
                s.duration(
                        "journal.retry-pause",
                        Duration.ofMillis(100),
                        Span.millis(1, 10_000),
                        "pause before a batch is tried again; grows up to twenty times that"),
                s.duration(
                        "journal.retry-lock",
                        Duration.ofMillis(50),
                        Span.millis(1, 10_000),
                        "how long a try waits for a row that somebody held when it was tried before; the others of the"
                                + " lane wait as long"));
    }
}
