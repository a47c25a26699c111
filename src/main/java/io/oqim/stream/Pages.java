package io.oqim.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.config.StreamConfig;
import io.oqim.event.EventLog;
import io.oqim.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What streams read from the database: few at once, however many come back at the same time, so
 * that payments find connections too. What is new has places of its own: it does not wait for those
 * who read what is old. A database that is away delays a stream; it does not end it.
 */
final class Pages {
    /** How long nobody looks whether there still is a reader. */
    private static final long PATIENCE_MILLIS = 250;

    private final EventLog log;
    private final StreamConfig config;
    private final Semaphore places;
    private final Semaphore placesOfTails;
    private final Counter failures;

    Pages(EventLog log, StreamConfig config, MeterRegistry registry) {
        this.log = log;
        this.config = config;
        this.places = new Semaphore(config.maxReads(), true);
        this.placesOfTails = new Semaphore(config.maxTailReads(), true);
        this.failures =
                Counter.builder("oqim.stream.read.failures")
                        .description("questions of streams that the database did not answer")
                        .register(registry);
    }

    /**
     * The next entries of a log.
     *
     * @param wanted whether there still is a reader
     * @throws InterruptedException when there is none any more
     */
    List<Entry> after(long tenant, long seq, BooleanSupplier wanted) throws InterruptedException {
        return entries(tenant, seq, places, wanted);
    }

    /** The same, for what has just been written. */
    List<Entry> newest(long tenant, long seq, BooleanSupplier wanted) throws InterruptedException {
        return entries(tenant, seq, placesOfTails, wanted);
    }

    private List<Entry> entries(long tenant, long seq, Semaphore within, BooleanSupplier wanted)
            throws InterruptedException {
        return ask(() -> log.after(tenant, seq, config.page(), config.pageBytes()), within, wanted)
                .stream()
                .map(Entry::new)
                .toList();
    }

    EventLog.Bounds bounds(long tenant, BooleanSupplier wanted) throws InterruptedException {
        return ask(() -> log.bounds(tenant), wanted);
    }

    Optional<byte[]> hash(long tenant, long seq, BooleanSupplier wanted)
            throws InterruptedException {
        return ask(() -> log.hash(tenant, seq), wanted);
    }

    /** Asks until there is an answer, as long as it is wanted. */
    <T> T ask(Supplier<T> question, BooleanSupplier wanted) throws InterruptedException {
        return ask(question, places, wanted);
    }

    private <T> T ask(Supplier<T> question, Semaphore within, BooleanSupplier wanted)
            throws InterruptedException {
        while (wanted.getAsBoolean()) {
            if (!within.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                continue;
            }
            try {
                return question.get();
            } catch (StoreException e) {
                // Asked again after the pause, as long as anybody wants to know.
                failures.increment();
            } finally {
                within.release();
            }
            Thread.sleep(config.databasePause());
        }
        throw new InterruptedException("nobody reads any more");
    }
}
