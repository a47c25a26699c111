package io.oqim.config;

import java.time.Duration;

/** The books: when what was captured can be had, and how they are read. */
public record LedgerConfig(
        Duration settlementDelay,
        Duration poll,
        int batch,
        int tenantsAtOnce,
        int maxExports,
        int exportPage,
        Duration exportTime) {
    static LedgerConfig read(Settings s) {
        return new LedgerConfig(
                s.duration(
                        "ledger.settlement-delay",
                        Duration.ofDays(1),
                        Span.millis(0, 86_400_000L * 30),
                        "from a capture until it is available to the merchant; a tenant may have another"),
                s.duration(
                        "ledger.poll",
                        Duration.ofSeconds(10),
                        Span.millis(10, 3_600_000),
                        "how often captures that become available are looked for"),
                s.integer(
                        "ledger.batch",
                        500,
                        Bounds.of(1, 10_000),
                        "captures that become available in one transaction"),
                s.integer(
                        "ledger.tenants-at-once",
                        64,
                        Bounds.of(1, 10_000),
                        "tenants whose captures become available at once"),
                s.integer(
                        "ledger.max-exports",
                        4,
                        Bounds.of(1, 1000),
                        "exports of the ledger at once in a process, one of them a tenant's; more get 503"),
                s.integer(
                        "ledger.export-page",
                        1000,
                        Bounds.of(1, 100_000),
                        "entries that an export reads at once; it keeps no more in memory"),
                s.duration(
                        "ledger.export-time",
                        Duration.ofMinutes(30),
                        Span.seconds(1, 86_400),
                        "how long an export may take; then its connection is cut, before the last line"));
    }
}
