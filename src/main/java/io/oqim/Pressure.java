package io.oqim;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.oqim.concurrent.Pulse;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import java.util.concurrent.TimeUnit;

/**
 * How far this process is behind with what payments wait for: the journal's queue, connections to
 * read by, or the cores that they wait for. What is above {@code server.max-delay} is too much.
 */
final class Pressure implements AutoCloseable {
    /** So often a payment waits for something, and then for a core to go on. */
    private static final int STEPS = 8;

    private final Journal journal;
    private final Database database;
    private final Pulse pulse = new Pulse();

    Pressure(Journal journal, Database database, MeterRegistry registry) {
        this.journal = journal;
        this.database = database;
        TimeGauge.builder("oqim.behind", this, TimeUnit.NANOSECONDS, Pressure::behind)
                .description("how long new payments would wait for the journal and for cores")
                .register(registry);
    }

    void start() {
        pulse.start();
    }

    /** In nanoseconds, for everybody: one tenant's flood in its lane is not counted. */
    long behind() {
        return Math.max(journal.delay(), common());
    }

    /** In nanoseconds, for one tenant. */
    long behindWith(long tenant) {
        return Math.max(journal.delay(tenant), common());
    }

    private long common() {
        return Math.max(database.delay(), STEPS * pulse.delay());
    }

    @Override
    public void close() {
        pulse.close();
    }
}
