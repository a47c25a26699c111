package io.oqim.stream;

import io.oqim.concurrent.Loop;
import io.oqim.config.StreamConfig;
import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumers that have a name, and how far they are. What they acknowledge is gathered and written
 * for all of them at once; only then are they told that it is kept.
 *
 * <p>What waits is bounded by the number of streams: a consumer has one place, and his last word
 * replaces the one before.
 */
final class Consumers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

    private final ConsumerStore store;
    private final StreamConfig config;
    private final Map<Name, Ack> waiting = new ConcurrentHashMap<>();
    private final Loop loop = new Loop("stream-acks", this::turn);

    private record Name(long tenant, String name) {}

    private record Ack(ConsumerStore.Offset offset, LongConsumer kept) {}

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
     * @param kept told the sequence number once it is on disk; must not block
     */
    void ack(ConsumerStore.Offset offset, LongConsumer kept) {
        waiting.put(new Name(offset.tenant(), offset.name()), new Ack(offset, kept));
    }

    private Duration turn() {
        flush();
        return config.ackPause();
    }

    private void flush() {
        List<Map.Entry<Name, Ack>> some =
                waiting.entrySet().stream().limit(config.ackBatch()).toList();
        if (some.isEmpty()) {
            return;
        }
        List<ConsumerStore.Offset> offsets = new ArrayList<>();
        some.forEach(entry -> offsets.add(entry.getValue().offset()));
        try {
            store.save(offsets);
        } catch (StoreException e) {
            LOG.warn("acknowledgements are written later: {}", e.getMessage());
            return;
        }
        for (Map.Entry<Name, Ack> entry : some) {
            // A later word stays for the next turn.
            boolean ignored = waiting.remove(entry.getKey(), entry.getValue());
            entry.getValue().kept().accept(entry.getValue().offset().seq());
        }
    }

    @Override
    public void close() {
        loop.close();
        flush();
    }
}
