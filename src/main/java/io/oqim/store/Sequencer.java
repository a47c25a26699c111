package io.oqim.store;

import java.time.Instant;

/** How places in the log are given out: the event room's statements and its hash. */
public interface Sequencer {
    /**
     * Locks heads in the order of their tenants. One column, the tenant; returns tenant, seq, hash,
     * the time of the head's last event and the database's time.
     */
    Write lockHeads();

    /** Writes events: tenant, seq, id, type, payment, created, body, previous hash, hash. */
    Write append();

    /** Moves heads: tenant, seq, hash, created. */
    Write advance();

    /** The hash of an event, given the one before it. */
    byte[] link(byte[] previousHash, long seq, Instant created, byte[] bodyHash);
}
