package io.oqim.payment;

import io.oqim.config.JournalConfig;
import io.oqim.store.StoreException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads an attempt again whose end is about to be written, over the payment as it stands. */
final class Undecided {
    private static final Logger LOG = LoggerFactory.getLogger(Undecided.class);

    private final OperationStore operations;
    private final JournalConfig config;

    Undecided(OperationStore operations, JournalConfig config) {
        this.operations = operations;
        this.config = config;
    }

    /** As it stands now; as it was sent when that cannot be read, and the version decides. */
    Open now(Open sent) {
        try {
            return look(sent).orElse(sent);
        } catch (StoreException e) {
            return sent;
        }
    }

    /**
     * As it stands now, or nothing when somebody else has decided it. What the bank said is not
     * forgotten because a read fails: blocks until one succeeds.
     */
    Optional<Open> atLast(Open open) {
        return untilRead(() -> look(open));
    }

    /**
     * The same attempt over a payment that others have changed, or nothing when anything has been
     * written of the attempt, or somebody else looks after it by now. Blocks as {@link #atLast}.
     */
    Optional<Open> unmoved(Open open) {
        return untilRead(
                () ->
                        find(open)
                                .filter(now -> now.attempt().equals(open.attempt()))
                                .filter(
                                        now ->
                                                now.payment().version()
                                                        != open.payment().version()));
    }

    private <T> T untilRead(Supplier<T> read) {
        while (true) {
            try {
                return read.get();
            } catch (StoreException e) {
                LOG.warn("the end of an attempt waits for the database: {}", e.getMessage());
                LockSupport.parkNanos(config.retryPause().toNanos());
            }
        }
    }

    /** The attempt as it is now, if the bank's word is what it still waits for. */
    private Optional<Open> look(Open open) {
        return find(open).filter(still -> still.attempt().state().waitsForTheBank());
    }

    private Optional<Open> find(Open open) {
        return operations.open(open.tenant(), open.attempt().bank(), open.attempt().reference());
    }
}
