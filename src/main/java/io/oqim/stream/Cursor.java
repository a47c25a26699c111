package io.oqim.stream;

import io.oqim.event.EventLog;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A reader's place in one log: entry by entry, without a gap, from memory where it keeps up and
 * from the database where it does not. Every entry must follow on the one before, by number and by
 * hash. Not for several threads at once.
 */
final class Cursor {
    private final Pages pages;
    private final LiveTail tail;
    private final BooleanSupplier wanted;

    /** Entries that were fetched; those before {@code taken} are done with. */
    private List<Entry> ahead = List.of();

    private int taken;
    private long position;
    private byte @Nullable [] hash;
    private String epoch = "";
    private int cuts;

    /** How far the log was seen to reach. */
    private long seen;

    /**
     * From where somebody wants to read.
     *
     * @param after the last sequence number that he has
     * @param hash the hash of that event, if he knows it
     * @param epoch that of the log when he read it, if he knows it
     */
    record Start(long after, Optional<byte[]> hash, Optional<String> epoch) {
        static Start after(long seq) {
            return new Start(seq, Optional.empty(), Optional.empty());
        }
    }

    /**
     * @param wanted whether there still is a reader, asked again and again while the database lets
     *     wait; once there is none, calls end by {@link InterruptedException}
     */
    Cursor(Pages pages, LiveTail tail, BooleanSupplier wanted) {
        this.pages = pages;
        this.tail = tail;
        this.wanted = wanted;
    }

    /**
     * Goes to a place of the log. Blocks on the database.
     *
     * @return what the log is like
     * @throws ResyncRequired when the log has no such place
     */
    EventLog.Bounds start(Start start) throws ResyncRequired, InterruptedException {
        letGo();
        position = start.after();
        hash = start.hash().orElse(null);
        epoch = start.epoch().orElse("");
        return look();
    }

    /** The last sequence number that was taken. */
    long position() {
        return position;
    }

    /** Of which log it is; another one means that what was read before may not be true any more. */
    String epoch() {
        return epoch;
    }

    /** The hash of the event at the position, if it is known. */
    Optional<byte[]> hash() {
        return Optional.ofNullable(hash);
    }

    /** Keeps nothing of what was read ahead. */
    void letGo() {
        ahead = List.of();
        taken = 0;
    }

    /**
     * The next entry, without taking it; null when there is none yet. Blocks on the database when
     * it is not at hand.
     */
    @Nullable Entry peek() throws ResyncRequired, InterruptedException {
        if (taken == ahead.size() && !fetch()) {
            return null;
        }
        Entry next = ahead.get(taken);
        boolean follows =
                next.seq() == position + 1
                        && (hash == null || Arrays.equals(hash, next.previousHash()));
        if (!follows) {
            throw new ResyncRequired(pages.bounds(tail.tenant(), wanted));
        }
        return next;
    }

    /** Takes what {@link #peek} has shown. */
    void take() {
        Entry next = ahead.get(taken);
        taken++;
        position = next.seq();
        hash = next.hash();
    }

    private boolean fetch() throws ResyncRequired, InterruptedException {
        // An idle reader costs no memory for what it has read.
        letGo();
        if (tail.cuts() != cuts) {
            var ignored = look();
        }
        List<Entry> next = tail.after(position);
        if (next.isEmpty()) {
            // The tail may not know yet what was seen in the database.
            if (tail.end() >= 0 && position >= Math.max(tail.end(), seen)) {
                return false;
            }
            next = pages.after(tail.tenant(), position, wanted);
            if (next.isEmpty()) {
                // There is more, but not from here on: it was removed, or the log was cut.
                var ignored = look();
            }
        }
        ahead = next;
        return !next.isEmpty();
    }

    private EventLog.Bounds look() throws ResyncRequired, InterruptedException {
        // Noted first: a cut while we look makes us look again.
        cuts = tail.cuts();
        EventLog.Bounds bounds = pages.bounds(tail.tenant(), wanted);
        if (position > bounds.head()
                || position < bounds.oldest() - 1
                || (!epoch.isEmpty() && !epoch.equals(bounds.epoch()))) {
            throw new ResyncRequired(bounds);
        }
        Optional<byte[]> there =
                position == bounds.head()
                        ? Optional.of(bounds.headHash())
                        : pages.hash(tail.tenant(), position, wanted);
        if (hash != null && there.isPresent() && !Arrays.equals(hash, there.get())) {
            throw new ResyncRequired(bounds);
        }
        if (hash == null) {
            hash = there.orElse(null);
        }
        epoch = bounds.epoch();
        seen = bounds.head();
        tail.begin(bounds);
        return bounds;
    }
}
