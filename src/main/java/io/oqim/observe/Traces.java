package io.oqim.observe;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens right now, for those who watch: told as it happens, kept nowhere, and not even made
 * when nobody watches. Whatever is told here may be lost. Nothing here blocks.
 */
public final class Traces {
    private static final Logger LOG = LoggerFactory.getLogger(Traces.class);

    /** How long another process's word that it watches is good for. */
    private static final long INTEREST_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Stands for all tenants. */
    public static final long ALL = 0;

    private final Map<Long, Set<Watcher>> watchers = new ConcurrentHashMap<>();
    private final Map<Long, Long> elsewhere = new ConcurrentHashMap<>();
    private final Elsewhere others;

    /** Somebody who watches a tenant. */
    @FunctionalInterface
    public interface Watcher {
        /**
         * Told of one thing that has happened. Must not block.
         *
         * @param json an object, in UTF-8
         */
        void seen(byte[] json);
    }

    /** The other processes. */
    @FunctionalInterface
    public interface Elsewhere {
        /** Tells those who watch there, if it can. Must not block. */
        void tell(long tenant, byte[] json);
    }

    public Traces(Elsewhere others) {
        this.others = others;
    }

    public void watch(long tenant, Watcher watcher) {
        watchers.compute(
                tenant,
                (id, existing) -> {
                    Set<Watcher> all = existing == null ? ConcurrentHashMap.newKeySet() : existing;
                    all.add(watcher);
                    return all;
                });
    }

    public void unwatch(long tenant, Watcher watcher) {
        watchers.computeIfPresent(
                tenant,
                (id, all) -> {
                    all.remove(watcher);
                    return all.isEmpty() ? null : all;
                });
    }

    /** Tenants that somebody watches in this process. */
    public Set<Long> watchedHere() {
        return Set.copyOf(watchers.keySet());
    }

    /** Another process has somebody who watches. */
    public void watchedElsewhere(long tenant) {
        elsewhere.put(tenant, System.nanoTime());
    }

    /** Something has happened; only made when somebody wants to know. */
    public void tell(long tenant, Supplier<byte[]> json) {
        Long since = elsewhere.get(tenant);
        boolean far = since != null && System.nanoTime() - since < INTEREST_NANOS;
        if (since != null && !far) {
            boolean ignored = elsewhere.remove(tenant, since);
        }
        if (far || watchers.containsKey(tenant)) {
            try {
                byte[] made = json.get();
                heard(tenant, made);
                if (far) {
                    others.tell(tenant, made);
                }
            } catch (RuntimeException e) {
                // Who tells is at work on a payment: whatever is wrong here is not his trouble.
                LOG.warn("a trace was lost", e);
            }
        }
    }

    /** Something that concerns everybody. */
    public void tellAll(byte[] json) {
        heard(ALL, json);
        others.tell(ALL, json);
    }

    /** Something that happened in another process, to a tenant or to {@link #ALL}. */
    public void heard(long tenant, byte[] json) {
        if (tenant == ALL) {
            watchers.values().forEach(all -> all.forEach(watcher -> watcher.seen(json)));
            return;
        }
        Set<Watcher> here = watchers.get(tenant);
        if (here != null) {
            here.forEach(watcher -> watcher.seen(json));
        }
    }
}
