package io.oqim.config;

import java.time.Duration;

/** The checks that run beside the first commit. */
public record RiskConfig(
        boolean bankCheck,
        Duration deadline,
        OnFailure onFailure,
        Duration velocityWindow,
        int velocityPerCard,
        int localCards) {

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
                        "what happens to a payment whose bank risk check is slow or down"),
                s.duration(
                        "risk.velocity-window",
                        Duration.ofHours(1),
                        Span.seconds(1, 86_400),
                        "window in which payments of one card are counted"),
                s.integer(
                        "risk.velocity-per-card",
                        20,
                        Bounds.of(0, 1_000_000),
                        "payments of one card in that window, for tenants without a limit of their own; 0 is no limit"),
                s.integer(
                        "risk.local-cards",
                        20_000,
                        Bounds.of(100, 10_000_000),
                        "cards that a process counts by itself while Redis is away; the oldest are forgotten first"));
    }
}
