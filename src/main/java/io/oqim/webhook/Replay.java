package io.oqim.webhook;

import java.time.Instant;
import java.util.UUID;

/**
 * A part of the log that is sent once more.
 *
 * @param cursor all of it up to there has been looked at
 * @param filtered whether the endpoint's filter counts
 */
record Replay(UUID id, long from, long to, long cursor, boolean filtered, Instant created) {
    boolean done() {
        return cursor >= to;
    }
}
