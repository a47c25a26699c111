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
        int pageBytes,
        int maxReads,
        int maxTailReads,
        int maxPagesPerTenant,
        int window,
        int windowBytes,
        Duration keepRecent,
        Duration maxWait,
        Duration readPatience,
        int maxConsumers,
        int ackBatch,
        Duration ackPause,
        Duration ticketLife,
        Duration ticketSession,
        Duration keyCheck,
        int maxCommands,
        int maxTraces,
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
                        50,
                        Bounds.of(1, 1000),
                        "events that one stream reads from the database at once"),
                s.integer(
                        "stream.page-bytes",
                        65_536,
                        Bounds.bytes(1024, 16_777_216),
                        "of these at most, and one event in any case"),
                s.integer(
                        "stream.max-reads",
                        4,
                        Bounds.of(1, 100),
                        "streams of a process that read from the database at the same moment; the others wait"),
                s.integer(
                        "stream.max-tail-reads",
                        2,
                        Bounds.of(1, 100),
                        "logs of which what other processes have just written is read at the same moment"),
                s.integer(
                        "stream.max-pages-per-tenant",
                        32,
                        Bounds.of(1, 10_000),
                        "pages that one tenant asks for at the same moment; more are refused with 429"),
                s.integer(
                        "stream.window",
                        256,
                        Bounds.of(1, 100_000),
                        "events at the end of each log that are kept in memory for the streams that follow it"),
                s.integer(
                        "stream.window-bytes",
                        524_288,
                        Bounds.bytes(65_536, 67_108_864),
                        "memory for these"),
                s.duration(
                        "stream.keep-recent",
                        Duration.ofSeconds(2),
                        Span.millis(10, 60_000),
                        "how long after the last event they are kept"),
                s.duration(
                        "stream.max-wait",
                        Duration.ofSeconds(60),
                        Span.seconds(1, 300),
                        "longest wait of GET /v1/events"),
                s.duration(
                        "stream.read-patience",
                        Duration.ofSeconds(5),
                        Span.millis(100, 60_000),
                        "how long a page, and the beginning of an export or of server-sent events, waits for the"
                                + " database before it is refused"),
                s.integer(
                        "stream.max-consumers",
                        100,
                        Bounds.of(1, 100_000),
                        "named consumers of one tenant"),
                s.integer(
                        "stream.ack-batch",
                        1000,
                        Bounds.of(1, 100_000),
                        "consumers whose acknowledgements are written by one statement"),
                s.duration(
                        "stream.ack-pause",
                        Duration.ofMillis(500),
                        Span.millis(10, 60_000),
                        "how often acknowledgements are written"),
                s.duration(
                        "stream.ticket-life",
                        Duration.ofSeconds(60),
                        Span.seconds(1, 3600),
                        "time in which a ticket must be used"),
                s.duration(
                        "stream.ticket-session",
                        Duration.ofHours(1),
                        Span.millis(100, 86_400_000),
                        "how long a stream that a ticket has opened may stay open"),
                s.duration(
                        "stream.key-check",
                        Duration.ofSeconds(5),
                        Span.millis(10, 300_000),
                        "how often streams ask whether the key that opened them still is good"),
                s.integer(
                        "stream.max-commands",
                        32,
                        Bounds.of(0, 10_000),
                        "commands of one socket that are not answered yet; more are refused with 429"),
                s.integer(
                        "stream.max-traces",
                        256,
                        Bounds.of(1, 10_000),
                        "traces that wait for a reader who wants to see them; more are dropped"),
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
