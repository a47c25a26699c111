package io.oqim.payment;

import io.oqim.config.JournalConfig;
import io.oqim.store.StoreException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
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
        while (true) {
            try {
                return look(open);
            } catch (StoreException e) {
                LOG.warn("the end of an attempt waits for the database: {}", e.getMessage());
                LockSupport.parkNanos(config.retryPause().toNanos());
            }
        }
    }

    /**
     * The same attempt over a payment that others have changed, or nothing when somebody else has
     * moved the attempt on or looks after it by now.
     */
    Optional<Open> unmoved(Open open) {
        return find(open)
                .filter(
                        now ->
                                now.attempt().state() == open.attempt().state()
                                        && now.attempt().fence() == open.attempt().fence());
    }

    /** The attempt as it is now, if the bank's word is what it still waits for. */
    private Optional<Open> look(Open open) {
        return find(open).filter(still -> still.attempt().state().waitsForTheBank());
    }

    private Optional<Open> find(Open open) {
        return operations.open(open.tenant(), open.attempt().bank(), open.attempt().reference());
    }
}
