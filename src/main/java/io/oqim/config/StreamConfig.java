package io.oqim.config;

import java.time.Duration;

/** The event stream's limits. */
public record StreamConfig(
        int maxConnections,
        int maxConnectionsPerTenant,
        int maxQueuedFrames,
        int maxQueuedBytes,
        int maxMessageBytes,
        int page,
        Duration subscribeTimeout,
        Duration heartbeat,
        Duration pongTimeout,
        Duration writeDeadline,
        Duration headPoll,
        Duration closeTimeout,
        Duration discardTime,
        int drainBatch,
        Duration drainPause,
        Duration reconnectWithin,
        Duration databasePause) {

    static StreamConfig read(Settings s) {
        return new StreamConfig(
                s.integer(
                        "stream.max-connections", 10_000, Bounds.of(1, 1_000_000), "open streams"),
                s.integer(
                        "stream.max-connections-per-tenant",
                        100,
                        Bounds.of(1, 100_000),
                        "open streams of one tenant"),
                s.integer(
                        "stream.max-queued-frames",
                        256,
                        Bounds.of(1, 100_000),
                        "frames waiting for one slow reader"),
                s.integer(
                        "stream.max-queued-bytes",
                        262_144,
                        Bounds.bytes(65_536, 16_777_216),
                        "bytes waiting for one slow reader; beyond either the stream is closed with 4008"),
                s.integer(
                        "stream.max-message",
                        16_384,
                        Bounds.bytes(1024, 1_048_576),
                        "largest message of a client"),
                s.integer(
                        "stream.page",
                        100,
                        Bounds.of(1, 1000),
                        "events read from the database at once"),
                s.duration(
                        "stream.subscribe-timeout",
                        Duration.ofSeconds(10),
                        Span.millis(100, 60_000),
                        "time in which a client must say from where it wants events"),
                s.duration(
                        "stream.heartbeat",
                        Duration.ofSeconds(25),
                        Span.millis(100, 300_000),
                        "pause between pings"),
                s.duration(
                        "stream.pong-timeout",
                        Duration.ofSeconds(10),
                        Span.millis(100, 300_000),
                        "time in which a ping must be answered"),
                s.duration(
                        "stream.write-deadline",
                        Duration.ofSeconds(10),
                        Span.millis(100, 300_000),
                        "time that one write may block"),
                s.duration(
                        "stream.head-poll",
                        Duration.ofSeconds(1),
                        Span.millis(10, 60_000),
                        "how often the head of the log is looked up when no hint comes"),
                s.duration(
                        "stream.close-timeout",
                        Duration.ofSeconds(5),
                        Span.millis(100, 60_000),
                        "time in which a client must answer a close"),
                s.duration(
                        "stream.discard-time",
                        Duration.ofMillis(250),
                        Span.millis(10, 10_000),
                        "how long what a client still sends is thrown away after a failure, so that it can read the"
                                + " close"),
                s.integer(
                        "stream.drain-batch",
                        500,
                        Bounds.of(1, 100_000),
                        "streams that a stop sends away at once"),
                s.duration(
                        "stream.drain-pause",
                        Duration.ofMillis(100),
                        Span.millis(0, 10_000),
                        "pause between such batches"),
                s.duration(
                        "stream.reconnect-within",
                        Duration.ofSeconds(5),
                        Span.millis(1, 600_000),
                        "clients are told to come back after a random time up to this"),
                s.duration(
                        "stream.database-pause",
                        Duration.ofMillis(250),
                        Span.millis(10, 60_000),
                        "pause of a stream before it reads again from a database that is away"));
    }
}
