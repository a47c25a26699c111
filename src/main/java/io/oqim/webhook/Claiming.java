package io.oqim.webhook;

import io.oqim.event.Event;
import io.oqim.event.EventFilter;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log from an endpoint's cursor on, and keeps a row for each event that the filter lets
 * through, in the commit that moves the cursor; the same for what is sent once more. Used by the
 * run's thread alone, but for hints.
 */
final class Claiming {
    /** Events that a filter may hold back before the cursor is moved on disk. */
    private static final int SKIPPED_MOST = 1000;

    private static final int PAGE_LEAST = 20;

    private final RunState state;
    private volatile boolean hinted = true;

    /** All up to there has been looked at. */
    private volatile long cursor;

    private long stored;

    /** Of the event at the cursor, once one was looked at: what comes next must follow on it. */
    private byte @Nullable [] hash;

    private boolean more = true;
    private boolean replaying = true;

    Claiming(RunState state) {
        this.state = state;
        this.cursor = state.endpoint().cursor();
        this.stored = cursor;
    }

    /** There may be something new in the log. */
    void hint() {
        hinted = true;
    }

    /** All up to there has been looked at. */
    long cursor() {
        return cursor;
    }

    /** The same, as it is on disk. */
    long stored() {
        return stored;
    }

    /** There may be something to send once more. */
    void replay() {
        replaying = true;
    }

    /** Whether there is something in the log, and room for it. */
    boolean canGoOn() {
        return more && state.room() > 0;
    }

    /**
     * Claims what is new, and what is to be sent once more in the room that this leaves; true when
     * there was something.
     */
    boolean claim() throws InterruptedException {
        boolean fresh = claim(this::fresh);
        boolean again = claim(this::again);
        return fresh || again;
    }

    /**
     * Looks for events and keeps them. The commit is waited for without a place: rows of this
     * tenant that somebody holds are no trouble of the others.
     */
    private boolean claim(Supplier<Look> look) throws InterruptedException {
        return switch (state.step(look)) {
            case Look.Nothing nothing -> false;
            case Look.Skipped(Event last) -> {
                moveTo(last);
                yield true;
            }
            case Look.Claim claim -> {
                keep(claim);
                claim.moveTo().ifPresent(this::kept);
                yield true;
            }
            case Look.Overtaken overtaken -> {
                state.parts().records().overtaken(state.endpoint(), state.secrets().getFirst());
                throw new LeaseLost();
            }
        };
    }

    private void moveTo(Event last) {
        cursor = last.seq();
        hash = last.hash();
    }

    private void kept(Event last) {
        moveTo(last);
        stored = cursor;
    }

    /** What a look at the log has found. */
    private sealed interface Look {
        record Nothing() implements Look {}

        /** Events that the filter holds back, up to this one. */
        record Skipped(Event last) implements Look {}

        /** The log does not keep any more what comes next. */
        record Overtaken() implements Look {}

        /**
         * Events that are to be kept as rows, in the commit that moves a cursor.
         *
         * @param moveTo where the endpoint's own cursor then is; empty for a replay's
         */
        record Claim(UUID change, Row guard, List<Event> wanted, Optional<Event> moveTo)
                implements Look {}
    }

    private Look fresh() {
        int room = state.room();
        if (room <= 0 || !(hinted || more)) {
            return new Look.Nothing();
        }
        hinted = false;
        List<Event> page = page(cursor, room);
        more = !page.isEmpty();
        if (page.isEmpty()) {
            return new Look.Nothing();
        }
        Event first = page.getFirst();
        if (first.seq() != cursor + 1) {
            return new Look.Overtaken();
        }
        if (hash != null && !Arrays.equals(hash, first.previousHash())) {
            // A failover lost what was looked at: the cursor on disk is as old as the log is.
            cursor = stored;
            throw new LeaseLost();
        }
        List<Event> wanted = new ArrayList<>();
        Event last = page.get(filter(page, state.endpoint().filter(), room, wanted) - 1);
        if (wanted.isEmpty() && last.seq() - stored < SKIPPED_MOST) {
            return new Look.Skipped(last);
        }
        UUID change = TypeId.next();
        Row guard = WebhookWrites.cursor(change, state.lease(), stored, last.seq());
        return new Look.Claim(change, guard, wanted, Optional.of(last));
    }

    private List<Event> page(long after, int room) {
        return state.parts().log().after(state.endpoint().tenant(), after, limit(room));
    }

    private int limit(int room) {
        return Math.min(state.parts().config().page(), Math.max(PAGE_LEAST, 2 * room));
    }

    /**
     * Gathers what passes.
     *
     * @param most how many; at least one
     * @return how many were considered; at least one if there are any
     */
    private static int filter(List<Event> page, EventFilter filter, int most, List<Event> wanted) {
        int considered = 0;
        for (Event event : page) {
            if (filter.passes(event.type(), event.payment())) {
                if (wanted.size() == most) {
                    return considered;
                }
                wanted.add(event);
            }
            considered++;
        }
        return considered;
    }

    /** Only in the room that new events leave: they do not wait for what is sent once more. */
    private Look again() {
        int room = state.room();
        if (!replaying || room <= 0) {
            return new Look.Nothing();
        }
        Optional<Replay> open = state.parts().deliveries().replay(state.endpoint());
        if (open.isEmpty()) {
            replaying = false;
            return new Look.Nothing();
        }
        Replay replay = open.get();
        List<Event> page =
                page(replay.cursor(), room).stream()
                        .filter(event -> event.seq() <= replay.to())
                        .toList();
        List<Event> wanted = new ArrayList<>();
        EventFilter filter = replay.filtered() ? state.endpoint().filter() : EventFilter.ALL;
        int considered = filter(page, filter, room, wanted);
        boolean done = considered == page.size() && page.size() < limit(room);
        long next = done ? replay.to() : page.get(considered - 1).seq();
        UUID change = TypeId.next();
        Row guard = WebhookWrites.cursor(change, state.endpoint(), replay, next);
        return new Look.Claim(change, guard, wanted, Optional.empty());
    }

    /**
     * Keeps rows, due at once, in the commit that moves a cursor. Ends the run when it is refused:
     * the lease is another's, or the endpoint was changed or sends no more, or the replay was moved
     * by another.
     */
    private void keep(Look.Claim claim) {
        Endpoint endpoint = state.endpoint();
        List<Row> rows = new ArrayList<>();
        rows.add(claim.guard());
        claim.wanted().forEach(event -> rows.add(WebhookWrites.claimed(endpoint, event)));
        Change change =
                new Change(claim.change(), endpoint.tenant(), claim.change(), rows, List.of());
        if (!(state.parts().journal().commitInBackground(change) instanceof Commit.Accepted)) {
            throw new LeaseLost();
        }
        state.claimed(claim.wanted().size());
    }
}
