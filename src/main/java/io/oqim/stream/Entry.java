package io.oqim.stream;

import io.oqim.event.Event;
import io.oqim.websocket.TextFrame;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event on its way out: what every reader of its log gets, made once for all of them. */
final class Entry {
    private final long seq;
    private final String type;
    private final Optional<UUID> payment;
    private final byte[] previousHash;
    private final byte[] hash;
    private final byte[] json;

    /** The frame of whoever has read the event before it. Made by the first one who needs it. */
    private volatile @Nullable TextFrame frame;

    Entry(Event event) {
        this.seq = event.seq();
        this.type = event.type();
        this.payment = event.payment();
        this.previousHash = event.previousHash();
        this.hash = event.hash();
        this.json = event.json();
    }

    long seq() {
        return seq;
    }

    String type() {
        return type;
    }

    Optional<UUID> payment() {
        return payment;
    }

    byte[] previousHash() {
        return previousHash;
    }

    byte[] hash() {
        return hash;
    }

    /** The event's bytes, the same on every transport. Not to be changed. */
    byte[] json() {
        return json;
    }

    /**
     * The frame that tells of it.
     *
     * @param prev the last sequence number considered before it
     */
    TextFrame frame(long prev) {
        if (prev != seq - 1) {
            return Frames.event(prev, json);
        }
        TextFrame made = frame;
        if (made == null) {
            made = Frames.event(prev, json);
            frame = made;
        }
        return made;
    }

    /** About what it holds in memory. */
    int bytes() {
        return 2 * json.length + 300;
    }
}
