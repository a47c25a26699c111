package io.oqim.websocket;

import java.time.Duration;

/**
 * Limits and times of all sockets of one {@link WebSockets}.
 *
 * @param maxConnections open sockets; a further upgrade is refused
 * @param maxMessageBytes payload of one inbound message, over all its fragments
 * @param maxQueuedFrames frames waiting for one socket, those being written included
 * @param maxQueuedBytes bytes of these frames, headers included
 * @param writeDeadline how long one socket write may block
 * @param heartbeat silence of the peer after which it is pinged
 * @param pongTimeout silence after that ping which ends the connection
 * @param closeTimeout from the decision to close until TCP is closed with or without an answer
 * @param drainTime how long what still comes in is thrown away after a failed connection's Close,
 *     since closing TCP on unread bytes resets it and may lose that Close
 */
public record Settings(
        int maxConnections,
        int maxMessageBytes,
        int maxQueuedFrames,
        int maxQueuedBytes,
        Duration writeDeadline,
        Duration heartbeat,
        Duration pongTimeout,
        Duration closeTimeout,
        Duration drainTime) {

    public Settings {
        requirePositive(maxConnections, "maxConnections");
        requirePositive(maxMessageBytes, "maxMessageBytes");
        requirePositive(maxQueuedFrames, "maxQueuedFrames");
        requirePositive(maxQueuedBytes, "maxQueuedBytes");
        requirePositive(writeDeadline, "writeDeadline");
        requirePositive(heartbeat, "heartbeat");
        requirePositive(pongTimeout, "pongTimeout");
        requirePositive(closeTimeout, "closeTimeout");
        requirePositive(drainTime, "drainTime");
    }

    public static Settings standard() {
        return new Settings(
                10_000,
                16 * 1024,
                256,
                1024 * 1024,
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofMillis(250));
    }

    /**
     * How often the shared timer looks at every socket: a quarter of the shortest time, 1 s at
     * most.
     */
    Duration tick() {
        Duration shortest = Duration.ofSeconds(4);
        for (Duration time : new Duration[] {writeDeadline, heartbeat, pongTimeout, closeTimeout}) {
            shortest = time.compareTo(shortest) < 0 ? time : shortest;
        }
        return shortest.dividedBy(4).plusMillis(1);
    }

    private static void requirePositive(int value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }

    private static void requirePositive(Duration value, String name) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }
}
