package io.oqim.store;

/** A lane's queue is full. Work that was admitted never meets this: its room was reserved. */
public final class JournalFull extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JournalFull(int lane) {
        super("the queue of journal lane " + lane + " is full");
    }
}
