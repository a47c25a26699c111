package io.oqim.stream;

import io.oqim.concurrent.Loop;
import io.oqim.config.StreamConfig;
import io.oqim.merchant.Authentication;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * All open streams of a process: their number, altogether and by tenant; their clock; and the
 * question, once in a while, whether their keys still are good.
 */
final class Sessions implements AutoCloseable {
    /** Keys that are asked about by one question. */
    private static final int KEYS = 1000;

    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

    private final StreamConfig config;
    private final Authentication authentication;
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final TenantPlaces streams;
    private final TenantPlaces pages;
    private final Loop clock = new Loop("stream-clock", this::tick);
    private final Loop keys = new Loop("stream-keys", this::checkKeys);
    private volatile boolean draining;

    Sessions(StreamConfig config, Authentication authentication) {
        this.config = config;
        this.authentication = authentication;
        this.streams = new TenantPlaces(config.maxConnectionsPerTenant());
        this.pages = new TenantPlaces(config.maxPagesPerTenant());
    }

    void start() {
        clock.start();
        keys.start();
    }

    /** Whether there is a place for one more. */
    enum Room {
        FREE,
        TENANT_FULL,
        PROCESS_FULL
    }

    /** Takes a place, if there is one; {@link #leave} gives it back. */
    Room enter(long tenant) {
        if (count.incrementAndGet() > config.maxConnections()) {
            count.decrementAndGet();
            return Room.PROCESS_FULL;
        }
        if (!streams.enter(tenant)) {
            count.decrementAndGet();
            return Room.TENANT_FULL;
        }
        return Room.FREE;
    }

    void leave(long tenant) {
        streams.leave(tenant);
        count.decrementAndGet();
    }

    /** Pages that are asked for, and are not streams. */
    TenantPlaces pages() {
        return pages;
    }

    int open() {
        return count.get();
    }

    /** From now on it hears the clock. */
    void add(Session session) {
        sessions.add(session);
        if (draining) {
            boolean ignored = session.drain();
        }
    }

    void remove(Session session) {
        sessions.remove(session);
    }

    /**
     * Tells all that the process is about to stop, some at a time, and everyone who comes later.
     * Blocks until all were told.
     */
    void drain() {
        draining = true;
        int told = 0;
        for (Session session : sessions) {
            if (session.drain()) {
                told++;
                if (told % config.drainBatch() == 0) {
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(config.drainPause());
        } catch (InterruptedException e) {
            // Who stops the process is in a hurry: the rest is told at once.
            Thread.currentThread().interrupt();
        }
    }

    private Duration tick() {
        long now = System.nanoTime();
        sessions.forEach(session -> session.tick(now));
        Duration tick = LONGEST_TICK;
        for (Duration time : List.of(config.subscribeTimeout(), config.heartbeat())) {
            tick = time.dividedBy(4).compareTo(tick) < 0 ? time.dividedBy(4) : tick;
        }
        return tick;
    }

    private Duration checkKeys() {
        Set<UUID> used = new HashSet<>();
        sessions.forEach(session -> used.add(session.by().key()));
        List<UUID> all = new ArrayList<>(used);
        try {
            for (int i = 0; i < all.size(); i += KEYS) {
                List<UUID> some = all.subList(i, Math.min(all.size(), i + KEYS));
                Map<UUID, Authentication.Terms> good = authentication.streaming(some);
                Set<UUID> asked = Set.copyOf(some);
                sessions.stream()
                        .filter(session -> asked.contains(session.by().key()))
                        .filter(session -> !allowed(good.get(session.by().key()), session))
                        .forEach(Session::revoked);
            }
        } catch (StoreException e) {
            // Asked again in a moment.
        }
        return config.keyCheck();
    }

    private static boolean allowed(Authentication.@Nullable Terms terms, Session session) {
        return terms != null && session.by().from().map(terms::allow).orElse(true);
    }

    @Override
    public void close() {
        clock.close();
        keys.close();
    }
}
