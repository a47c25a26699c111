package io.oqim.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.config.OqimConfig;
import io.oqim.event.EventBody;
import io.oqim.event.EventFeed;
import io.oqim.event.EventHints;
import io.oqim.event.EventSequencer;
import io.oqim.redis.Redis;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import io.oqim.store.TypeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Writes events as another gateway would: by a journal, and with hints by Redis. */
final class Publisher implements AutoCloseable {
    private static final byte[] DATA = "{}".getBytes(StandardCharsets.US_ASCII);

    private final Database database;
    private final Redis redis;
    private final Journal journal;

    /**
     * @param committed told of what is on disk, before the hints go out
     */
    Publisher(OqimConfig config, Consumer<List<Commit.Place>> committed) {
        var registry = new SimpleMeterRegistry();
        database =
                new Database(
                        config.database(),
                        config.journal().lanes() + config.journal().backgroundLanes());
        redis = new Redis(config.redis(), registry);
        redis.start();
        EventHints hints = new EventHints(new EventFeed(), redis, registry);
        journal =
                new Journal(
                        database,
                        new EventSequencer(),
                        config.journal(),
                        10_000,
                        registry,
                        places -> {
                            committed.accept(places);
                            hints.committed(places);
                        });
    }

    /** Commits so many small events of one tenant; returns when they are on disk. */
    void append(long tenant, int events) {
        List<Change.Draft> drafts = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            drafts.add(EventBody.draft("payment.created", TypeId.next(), TypeId.next(), DATA));
        }
        UUID id = TypeId.next();
        Commit.Decided decided =
                journal.commit(new Change(id, tenant, id, List.of(), List.copyOf(drafts)));
        if (!(decided instanceof Commit.Accepted)) {
            throw new IllegalStateException("not written: " + decided);
        }
    }

    @Override
    public void close() {
        if (!journal.close(Duration.ofSeconds(10))) {
            System.err.println("the journal has not written everything");
        }
        redis.close();
        database.close();
    }
}
