package io.oqim.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.config.StreamConfig;
import io.oqim.event.EventLog;
import io.oqim.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What streams read from the database: few at once, however many come back at the same time, so
 * that payments find connections too. What is new has places of its own: it does not wait for those
 * who read what is old. A database that is away delays a stream; it does not end it.
 */
final class Pages {
    private final EventLog log;
    private final StreamConfig config;
    private final ReadPlaces places;
    private final ReadPlaces placesOfTails;
    private final Counter failures;

    Pages(EventLog log, StreamConfig config, MeterRegistry registry) {
        this.log = log;
        this.config = config;
        this.places = new ReadPlaces(config.maxReads());
        this.placesOfTails = new ReadPlaces(config.maxTailReads());
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

    private List<Entry> entries(long tenant, long seq, ReadPlaces within, BooleanSupplier wanted)
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

    private <T> T ask(Supplier<T> question, ReadPlaces within, BooleanSupplier wanted)
            throws InterruptedException {
        while (within.enter(wanted)) {
            try {
                return question.get();
            } catch (StoreException e) {
                // Asked again after the pause, as long as anybody wants to know.
                failures.increment();
            } finally {
                within.leave();
            }
            Thread.sleep(config.databasePause());
        }
        throw new InterruptedException("nobody reads any more");
    }
}
