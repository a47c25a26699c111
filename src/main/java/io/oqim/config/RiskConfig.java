package io.oqim.config;

import java.time.Duration;

/** The checks that run beside the first commit. */
public record RiskConfig(
        boolean bankCheck,
        Duration deadline,
        OnFailure onFailure,
        Duration velocityWindow,
        int perCard,
        int perCustomer,
        int perIp,
        int perBin,
        int perTenant,
        int localCounts,
        Duration listsTrust,
        int listsTenants,
        int listsEntries,
        int maxEntries,
        int maxDryRuns,
        long dryRunPayments,
        int dryRunPage,
        Duration dryRunTime) {

    /** What a check that did not answer means. */
    public enum OnFailure {
        ALLOW,
        REFUSE
    }

    static RiskConfig read(Settings s) {
        return new RiskConfig(
                s.flag(
                        "risk.bank-check",
                        true,
                        "whether the bank's risk check is asked before an authorization"),
                s.duration(
                        "risk.deadline",
                        Duration.ofMillis(500),
                        Span.millis(10, 10_000),
                        "how long a payment waits for its checks"),
                s.choice(
                        "risk.on-failure",
                        OnFailure.ALLOW,
                        "what happens to a payment whose bank risk check is slow or down, or whose lists and rules cannot be read"),
                s.duration(
                        "risk.velocity-window",
                        Duration.ofHours(1),
                        Span.seconds(1, 86_400),
                        "window in which payments are counted; it slides in twelve steps"),
                s.integer(
                        "risk.velocity-per-card",
                        20,
                        Bounds.of(0, 1_000_000),
                        "payments of one card in that window, for tenants without a limit of their own; 0 is no limit"),
                limit(s, "customer", "one customer (customer.id)"),
                limit(s, "ip", "one IP address (customer.ip)"),
                limit(s, "bin", "all cards that begin with the same six digits"),
                limit(s, "tenant", "one tenant"),
                s.integer(
                        "risk.local-counts",
                        20_000,
                        Bounds.of(100, 10_000_000),
                        "cards, customers and so on that a process counts by itself while Redis is away; the oldest are forgotten first"),
                s.duration(
                        "risk.lists-trust",
                        Duration.ofSeconds(2),
                        Span.millis(20, 60_000),
                        "how often a process asks whether lists or rules of a tenant have changed; while the database answers, a"
                                + " change takes effect everywhere within this time"),
                s.integer(
                        "risk.lists-tenants",
                        1_000,
                        Bounds.of(1, 1_000_000),
                        "tenants whose lists and rules a process remembers"),
                s.integer(
                        "risk.lists-entries",
                        200_000,
                        Bounds.of(100, 100_000_000),
                        "entries of all lists, and words of all rules, that a process remembers, for which it needs about 200 bytes each"),
                s.integer(
                        "risk.max-entries",
                        10_000,
                        Bounds.of(1, 1_000_000),
                        "entries that a tenant may have on its blocklist and its allow-list together"),
                s.integer(
                        "risk.max-dry-runs",
                        2,
                        Bounds.of(1, 1_000),
                        "dry runs of rules at once; more get 503"),
                s.count(
                        "risk.dry-run-payments",
                        100_000,
                        Bounds.of(1, 100_000_000),
                        "payments that one dry run looks at; the next one can go on from there"),
                s.integer(
                        "risk.dry-run-page",
                        1_000,
                        Bounds.of(1, 10_000),
                        "payments that a dry run reads at once"),
                s.duration(
                        "risk.dry-run-time",
                        Duration.ofSeconds(8),
                        Span.millis(100, 600_000),
                        "how long a dry run may take; the next one can go on from there. Less than load balancers wait"));
    }

    private static int limit(Settings s, String name, String whose) {
        return s.integer(
                "risk.velocity-per-" + name,
                0,
                Bounds.of(0, 1_000_000),
                "payments of " + whose + " in that window; 0 is no limit");
    }
}
