package io.oqim.stream;

import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Tenant;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** One open stream, whatever its transport. */
interface Session {
    /**
     * Who opens a stream.
     *
     * @param by with what, and from where
     * @param life how long it may stay open; empty for as long as its key is good
     * @param actor the tenant as it is now, if more may be asked for than events, for what the key
     *     has to be good; throws a {@link io.oqim.http.Refusal} when it is not any more
     */
    record Opener(
            long tenant,
            By by,
            Optional<Duration> life,
            Optional<Function<KeyScope, Tenant>> actor) {}

    /**
     * The API key that opened a stream, itself or by a ticket.
     *
     * @param from the address of who has the key; whoever has a ticket may be anywhere
     */
    record By(UUID key, Optional<InetAddress> from) {}

    /** With what it was opened. */
    By by();

    /**
     * Looks at the clock. Called about once a second, for all sessions by one thread: must not
     * block.
     *
     * @param now {@link System#nanoTime}
     */
    void tick(long now);

    /** The key is not good any more. Must not block. */
    void revoked();

    /**
     * The process is about to stop. Must not block.
     *
     * @return false when it is told in another way
     */
    boolean drain();
}
