package io.oqim.config;

import java.time.Duration;
import java.util.List;

/** What holds for every bank, and the banks. */
public record BanksConfig(
        Duration deadline,
        Duration sendWindow,
        Duration resolverMargin,
        Duration connectTimeout,
        int maxResponseBytes,
        int idleConnections,
        Duration idleTimeout,
        int breakerVolume,
        int breakerErrorPercent,
        Duration breakerDelay,
        String callbackUrl,
        List<BankEndpoint> endpoints) {

    /** How long an authorization at this bank, configured or not, may wait for its captures. */
    public Duration authorizationValidity(String bank) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.name().equals(bank))
                .findFirst()
                .map(BankEndpoint::authorizationValidity)
                .orElse(BankEndpoint.AUTHORIZATION_VALIDITY);
    }

    static BanksConfig read(Settings s) {
        return new BanksConfig(
                s.duration(
                        "banks.deadline",
                        Duration.ofSeconds(6),
                        Span.millis(100, 55_000),
                        "total time of a call to a bank; after it the outcome is unknown"),
                s.duration(
                        "banks.send-window",
                        Duration.ofSeconds(2),
                        Span.millis(100, 30_000),
                        "time from the start of the first commit within which the first byte must leave"),
                s.duration(
                        "banks.resolver-margin",
                        Duration.ofSeconds(2),
                        Span.millis(100, 60_000),
                        "time after send window and deadline before the resolver takes an attempt for abandoned"),
                s.duration(
                        "banks.connect-timeout",
                        Duration.ofMillis(500),
                        Span.millis(10, 30_000),
                        "time to look up a bank's name, and again to open a connection to it"),
                s.integer(
                        "banks.max-response",
                        65_536,
                        Bounds.bytes(1024, 1_048_576),
                        "largest answer of a bank"),
                s.integer(
                        "banks.idle-connections",
                        2048,
                        Bounds.of(1, 100_000),
                        "idle connections kept per bank"),
                s.duration(
                        "banks.idle-timeout",
                        Duration.ofSeconds(25),
                        Span.millis(100, 3_600_000),
                        "after which an idle connection is not used again; less than the bank's own, so that it does not"
                                + " close one that is just being used"),
                s.integer(
                        "banks.breaker-volume",
                        20,
                        Bounds.of(1, 10_000),
                        "calls that a circuit breaker looks at; payments and risk checks have one each"),
                s.integer(
                        "banks.breaker-error-percent",
                        60,
                        Bounds.of(1, 100),
                        "failures among them that open it"),
                s.duration(
                        "banks.breaker-delay",
                        Duration.ofSeconds(2),
                        Span.millis(10, 600_000),
                        "how long it stays open before a call is let through"),
                callbackUrl(s),
                s.names("banks").stream()
                        .filter(name -> !OWN.contains(name))
                        .map(name -> BankEndpoint.read(s, name))
                        .toList());
    }

    private static String callbackUrl(Settings s) {
        String url =
                s.text(
                        "banks.callback-url",
                        "",
                        "base URL under which banks reach /callbacks; empty means that banks get none");
        if (!url.isEmpty() && !url.matches("https?://[A-Za-z0-9\\[][^\\s?#]*")) {
            s.problem(
                    "banks.callback-url",
                    "must be empty or an http or https URL, but is '" + url + "'");
        }
        return url;
    }

    private static final List<String> OWN =
            List.of(
                    "deadline",
                    "send-window",
                    "resolver-margin",
                    "connect-timeout",
                    "max-response",
                    "idle-connections",
                    "idle-timeout",
                    "breaker-volume",
                    "breaker-error-percent",
                    "breaker-delay",
                    "callback-url");
}
