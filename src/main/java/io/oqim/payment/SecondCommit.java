package io.oqim.payment;

import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.Journal;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Writes what became of an operation: state, postings, events, trace and the stored answer,
 * together. Never shed, never withdrawn: blocks until it is durable.
 */
final class SecondCommit {
    private final PaymentChanges changes;
    private final Journal journal;

    SecondCommit(PaymentChanges changes, Journal journal) {
        this.changes = changes;
        this.journal = journal;
    }

    /**
     * It is on disk.
     *
     * @param body the payment as it is now
     * @param lastSeq the sequence number of its last event
     */
    record Written(byte[] body, long lastSeq) {}

    /**
     * Writes it over the payment as it was.
     *
     * @param legs the trace's JSON, if there is one
     * @param knownSeq the last event's number when this change has none
     * @return nothing when the payment had moved on meanwhile
     */
    Optional<Written> write(Open before, Settled settled, Optional<byte[]> legs, long knownSeq) {
        return write(before, settled, legs, knownSeq, change -> change);
    }

    /**
     * Writes it with what else belongs to it.
     *
     * @param with adds to the change
     */
    Optional<Written> write(Open before, Settled settled, UnaryOperator<Change> with) {
        return write(before, settled, Optional.empty(), 0, with);
    }

    private Optional<Written> write(
            Open before,
            Settled settled,
            Optional<byte[]> legs,
            long knownSeq,
            UnaryOperator<Change> with) {
        PaymentChanges.Answering answering = changes.settled(before, settled, legs, knownSeq);
        return switch (journal.commit(with.apply(answering.change()))) {
            case Commit.Accepted accepted ->
                    Optional.of(
                            new Written(
                                    answering.body(),
                                    accepted.events().isEmpty() ? knownSeq : accepted.lastSeq()));
            case Commit.Refused refused -> Optional.empty();
        };
    }
}
