package io.oqim.store;

import java.time.Instant;
import java.util.List;

/** What became of a change. */
public sealed interface Commit {
    /** It was written, or will never be: what a change comes to that nobody withdraws. */
    sealed interface Decided extends Commit {}

    /** It is on disk. */
    record Accepted(List<Place> events) implements Decided {
        /** The sequence number of its last event; 0 when it had none. */
        public long lastSeq() {
            return events.isEmpty() ? 0 : events.getLast().seq();
        }
    }

    /** A guard did not accept it, and nothing was written. */
    record Refused() implements Decided {}

    /** It was still queued when its time was over, and will never be written. */
    record Withdrawn() implements Commit {}

    /** Where an event came to stand in its tenant's log. */
    record Place(
            Change.Draft draft,
            long tenant,
            long seq,
            Instant created,
            byte[] previousHash,
            byte[] hash) {}
}
