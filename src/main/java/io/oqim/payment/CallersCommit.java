package io.oqim.payment;

import io.oqim.http.Refusal;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.JournalFull;
import java.util.OptionalLong;

/** A commit that a caller waits for, and that nothing was sent to a bank for. */
final class CallersCommit {
    private CallersCommit() {}

    /**
     * Writes a change, if that begins within {@code journal.commit-wait}.
     *
     * @return the sequence number of its last event, 0 when it has none; nothing when a guard did
     *     not accept it
     * @throws Refusal 503 when the database, or the queue before it, has no room for it in time
     */
    static OptionalLong write(Works works, Change change) {
        try {
            return switch (works.journal().commit(change, works.config().journal().commitWait())) {
                case Commit.Accepted accepted -> OptionalLong.of(accepted.lastSeq());
                case Commit.Refused refused -> OptionalLong.empty();
                case Commit.Withdrawn withdrawn ->
                        throw new Refusal(Refusals.unavailable("the database is busy"));
            };
        } catch (JournalFull full) {
            throw new Refusal(Refusals.overloaded());
        }
    }
}
