package io.oqim.stream;

import io.oqim.concurrent.Loop;
import io.oqim.config.StreamConfig;
import io.oqim.event.Event;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;
import io.oqim.store.Commit;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ends of all logs that anybody follows in this process.
 *
 * <p>Besides what comes in by itself, all of them are compared with the database once in a while,
 * by one question for many: with Redis gone, a commit of another process is seen that much later.
 */
final class LiveTails implements EventFeed.Listener, AutoCloseable {
    /** Heads that are asked for by one question. */
    private static final int HEADS = 1000;

    private final EventLog log;
    private final Pages pages;
    private final StreamConfig config;
    private final Map<Long, LiveTail> tails = new ConcurrentHashMap<>();
    private final Loop loop = new Loop("stream-heads", this::turn);

    LiveTails(EventLog log, Pages pages, StreamConfig config) {
        this.log = log;
        this.pages = pages;
        this.config = config;
    }

    void start() {
        loop.start();
    }

    /** The end of a log, as long as the follower stays. */
    LiveTail follow(long tenant, Follower follower) {
        return tails.compute(
                tenant,
                (id, existing) -> {
                    LiveTail tail = existing == null ? new LiveTail(id, pages, config) : existing;
                    tail.add(follower);
                    return tail;
                });
    }

    void leave(LiveTail tail, Follower follower) {
        tails.computeIfPresent(tail.tenant(), (id, same) -> tail.remove(follower) ? null : same);
    }

    @Override
    public void committed(List<Commit.Place> places) {
        Map<LiveTail, List<Entry>> followed = new HashMap<>();
        for (Commit.Place place : places) {
            LiveTail tail = tails.get(place.tenant());
            if (tail != null) {
                followed.computeIfAbsent(tail, t -> new ArrayList<>())
                        .add(new Entry(Event.of(place)));
            }
        }
        followed.forEach(LiveTail::committed);
    }

    @Override
    public void hint(long tenant, long seq) {
        Optional.ofNullable(tails.get(tenant)).ifPresent(tail -> tail.hint(seq));
    }

    private Duration turn() {
        long now = System.nanoTime();
        List<LiveTail> all = List.copyOf(tails.values());
        all.forEach(tail -> tail.trim(now));
        try {
            for (int i = 0; i < all.size(); i += HEADS) {
                compare(all.subList(i, Math.min(all.size(), i + HEADS)));
            }
        } catch (StoreException e) {
            // Looked at again in a moment; until then everybody has what came in by itself.
        }
        return config.headPoll();
    }

    private void compare(List<LiveTail> some) {
        Map<Long, Window> before = new HashMap<>();
        for (LiveTail tail : some) {
            Window known = tail.known();
            if (known != null) {
                before.put(tail.tenant(), known);
            }
        }
        if (before.isEmpty()) {
            return;
        }
        for (EventLog.Head head : log.heads(before.keySet())) {
            LiveTail tail = tails.get(head.tenant());
            Window known = before.get(head.tenant());
            if (tail != null && known != null) {
                tail.compare(known, head);
            }
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
