package io.oqim.stream;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** One open stream, whatever its transport. */
interface Session {
    /**
     * Who opens a stream.
     *
     * @param key the API key with which he does, or got his ticket
     * @param life how long it may stay open; empty for as long as its key is good
     */
    record Opener(long tenant, UUID key, Optional<Duration> life) {}

    /** The API key that opened it, itself or by a ticket. */
    UUID key();

    /**
     * Looks at the clock. Called about once a second, for all sessions by one thread: must not
     * block.
     *
     * @param now {@link System#nanoTime}
     */
    void tick(long now);

    /** The key is not good any more. Must not block. */
    void revoked();

    /** The process is about to stop. Must not block. */
    void drain();
}
