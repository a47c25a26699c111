package io.oqim.config;

import java.time.Duration;
import java.util.List;

/** The HTTP ports and their limits. */
public record ServerConfig(
        String host,
        int port,
        String managementHost,
        int managementPort,
        Secret adminKey,
        Duration requestDeadline,
        int maxInFlight,
        Duration maxDelay,
        Duration maxRetryAfter,
        Duration warmUp,
        int maxBodyBytes,
        int maxHeaderBytes,
        int maxConnections,
        int backlog,
        Duration idleTimeout,
        Duration readTimeout,
        Duration unreadablePause,
        Duration notice,
        Duration drain,
        Duration stopGrace,
        Duration keyCache,
        int keyCacheSize,
        Duration keyCheckWait,
        Duration keyUse,
        List<AddressRange> trustedProxies,
        Duration signatureAge,
        int managementMaxConnections,
        int maxRequestLine,
        int maxSmallBody) {

    static ServerConfig read(Settings s) {
        Bounds port = Bounds.of(0, 65_535);
        return new ServerConfig(
                s.text("host", "0.0.0.0", "address that the public port listens on"),
                s.integer("port", 8080, port, "public port: REST and stream; 0 takes any free one"),
                s.text(
                        "management-host",
                        "127.0.0.1",
                        "address that the management port listens on"),
                s.integer(
                        "management-port",
                        8081,
                        port,
                        "management port: admin API, health, metrics"),
                s.requiredSecret(
                        "admin-key", 24, "the first admin key, a bearer token for /admin/v1"),
                s.duration(
                        "server.request-deadline",
                        Duration.ofSeconds(10),
                        Span.seconds(1, 60),
                        "how long a request waits for its payment when it does not say so itself by Payment-Deadline"),
                s.integer(
                        "server.max-in-flight",
                        2000,
                        Bounds.of(1, 100_000),
                        "payments and operations at work at once; the queues behind are sized by it; more get 503"),
                s.duration(
                        "server.max-delay",
                        Duration.ofMillis(200),
                        Span.millis(5, 60_000),
                        "how long new payments may have to wait for the journal and for cores; beyond it they get 503, beyond half of"
                                + " it reads and administration"),
                s.duration(
                        "server.max-retry-after",
                        Duration.ofSeconds(10),
                        Span.seconds(1, 300),
                        "longest wait that a payment or an operation is told which finds no room; it is as long as it seems to"
                                + " take until there is room for all who wait, and one second at least"),
                s.duration(
                        "server.warm-up",
                        Duration.ofSeconds(30),
                        Span.millis(0, 600_000),
                        "how long after its start, and after its first payment, a process refuses nobody for server.max-delay: until its code is compiled it is slow"
                                + " without having too much to do"),
                s.integer(
                        "server.max-body",
                        65_536,
                        Bounds.bytes(1024, 1_048_576),
                        "largest request body"),
                s.integer(
                        "server.max-headers",
                        16_384,
                        Bounds.bytes(1024, 65_536),
                        "largest sum of request headers"),
                s.integer(
                        "server.max-connections",
                        20_000,
                        Bounds.of(1, 1_000_000),
                        "open connections"),
                s.integer(
                        "server.backlog",
                        4096,
                        Bounds.of(1, 65_535),
                        "connections waiting to be accepted"),
                s.duration(
                        "server.idle-timeout",
                        Duration.ofMinutes(5),
                        Span.seconds(1, 3600),
                        "after which an idle HTTP connection is closed"),
                s.duration(
                        "server.read-timeout",
                        Duration.ofSeconds(30),
                        Span.millis(100, 300_000),
                        "within which the headers of a request have to arrive, and as long again for its body"),
                s.duration(
                        "server.unreadable-pause",
                        Duration.ofSeconds(1),
                        Span.millis(0, 10_000),
                        "how long whoever sends what is no HTTP/1.1, or headers that are too large, waits for the answer to it: a flood of"
                                + " those then costs connections, of which there are few, instead of cores"),
                s.duration(
                        "server.notice",
                        Duration.ofSeconds(5),
                        Span.millis(0, 600_000),
                        "how long a stop first goes on serving while it is not ready any more and asks each caller to come back on"
                                + " another connection, so that whoever shares out requests has time to see it"),
                s.duration(
                        "server.drain",
                        Duration.ofSeconds(25),
                        Span.seconds(1, 600),
                        "how long a stop waits for the payments in flight"),
                s.duration(
                        "server.stop-grace",
                        Duration.ofSeconds(2),
                        Span.millis(100, 60_000),
                        "how long it then waits for requests that are being answered"),
                s.duration(
                        "server.key-cache",
                        Duration.ofSeconds(2),
                        Span.millis(0, 5000),
                        "how long an API key that was found valid is trusted without asking the database; a"
                                + " revocation takes effect everywhere within this time"),
                s.integer(
                        "server.key-cache-size",
                        20_000,
                        Bounds.of(1, 10_000_000),
                        "API keys that are remembered for that time"),
                s.duration(
                        "server.key-check-wait",
                        Duration.ofSeconds(3),
                        Span.millis(100, 60_000),
                        "how long a request waits for another one that asks about the same key"),
                s.duration(
                        "server.key-use",
                        Duration.ofMinutes(1),
                        Span.millis(0, 3_600_000),
                        "how exactly it is written down when a key was last used"),
                s.ranges(
                        "server.trusted-proxies",
                        "proxies whose X-Forwarded-For tells the address of a caller; of others it is not believed"),
                s.duration(
                        "server.signature-age",
                        Duration.ofMinutes(5),
                        Span.seconds(1, 3600),
                        "how far from now a signature of a request may say that it was created"),
                s.integer(
                        "server.management-max-connections",
                        1000,
                        Bounds.of(1, 100_000),
                        "open connections of the management port"),
                s.integer(
                        "server.max-request-line",
                        8192,
                        Bounds.bytes(1024, 65_536),
                        "longest request line"),
                s.integer(
                        "server.max-small-body",
                        16_384,
                        Bounds.bytes(1024, 1_048_576),
                        "largest body of a later operation, of a cancel of a key, of a callback and of an admin call"));
    }
}
