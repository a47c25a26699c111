package io.oqim.stream;

import io.oqim.concurrent.Loop;
import io.oqim.config.StreamConfig;
import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumers that have a name, and how far they are. What they acknowledge is gathered and written
 * for all of them at once; only then are they told that it is kept.
 *
 * <p>What waits is bounded by the number of streams: a consumer has one place, in which the
 * greatest of his words stands, and each of his connections one in it.
 */
final class Consumers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

    private final ConsumerStore store;
    private final StreamConfig config;
    private final Map<ConsumerStore.Name, Waiting> waiting = new ConcurrentHashMap<>();
    private final Loop loop = new Loop("stream-acks", this::turn);

    /**
     * What a consumer has acknowledged and is not on disk yet.
     *
     * @param kept whom to tell which number
     */
    private record Waiting(ConsumerStore.Ack ack, Map<LongConsumer, Long> kept) {
        /** With a later word; the greater number counts, unless the log is another one. */
        Waiting with(ConsumerStore.Ack later, LongConsumer connection) {
            Map<LongConsumer, Long> all = new HashMap<>(kept);
            var ignored = all.merge(connection, later.seq(), Math::max);
            boolean replaces = later.seq() >= ack.seq() || !later.epoch().equals(ack.epoch());
            return new Waiting(replaces ? later : ack, all);
        }
    }

    Consumers(Database database, StreamConfig config) {
        this.store = new ConsumerStore(database);
        this.config = config;
    }

    void start() {
        loop.start();
    }

    ConsumerStore store() {
        return store;
    }

    /** How far a consumer is; empty when nobody has that name. Blocks on the database. */
    Optional<ConsumerStore.Offset> find(long tenant, String name) {
        return store.find(tenant, name);
    }

    /** Makes a consumer; false when the tenant has as many as it may. Blocks on the database. */
    boolean create(ConsumerStore.Offset offset) {
        return store.create(offset, config.maxConsumers());
    }

    /**
     * A consumer has dealt with all up to there. Does not block.
     *
     * @param connection told the number once it is on disk, unless the consumer was deleted or the
     *     log is another one by then; must not block
     */
    void ack(ConsumerStore.Ack ack, LongConsumer connection) {
        waiting.merge(
                ack.name(),
                new Waiting(ack, Map.of(connection, ack.seq())),
                (before, ignored) -> before.with(ack, connection));
    }

    /** What a consumer has acknowledged is of a log that is no more. */
    void forget(long tenant, String name) {
        waiting.remove(new ConsumerStore.Name(tenant, name));
    }

    private Duration turn() {
        flush();
        return config.ackPause();
    }

    /** All that waits now, some at a time. */
    private void flush() {
        List<Map.Entry<ConsumerStore.Name, Waiting>> all = List.copyOf(waiting.entrySet());
        for (int i = 0; i < all.size(); i += config.ackBatch()) {
            if (!flush(all.subList(i, Math.min(all.size(), i + config.ackBatch())))) {
                return;
            }
        }
    }

    private boolean flush(List<Map.Entry<ConsumerStore.Name, Waiting>> entries) {
        Map<ConsumerStore.Name, Waiting> some = new HashMap<>();
        entries.forEach(entry -> some.put(entry.getKey(), entry.getValue()));
        List<ConsumerStore.Ack> acks = new ArrayList<>();
        some.values().forEach(one -> acks.add(one.ack()));
        Set<ConsumerStore.Name> kept;
        try {
            kept = store.save(acks);
        } catch (StoreException e) {
            LOG.warn("acknowledgements are written later: {}", e.getMessage());
            return false;
        }
        some.forEach(
                (name, one) -> {
                    // A later word stays for the next turn.
                    boolean ignored = waiting.remove(name, one);
                    if (kept.contains(name)) {
                        one.kept().forEach(LongConsumer::accept);
                    }
                });
        return true;
    }

    @Override
    public void close() {
        loop.close();
        flush();
    }
}
