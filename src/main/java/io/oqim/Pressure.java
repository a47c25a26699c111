package io.oqim;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.oqim.concurrent.Pulse;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far this process is behind with what payments wait for: the journal's queue, connections to
 * read by, or the cores that they wait for. What is above {@code server.max-delay} is too much.
 *
 * <p>Within {@code server.warm-up} of its start, and of its first payment, nothing is too much: a
 * process that has just started is slow because its code is not compiled yet, and to send callers
 * away would not change that. What may be in flight is bounded then as ever.
 */
final class Pressure implements AutoCloseable {
    /** So often a payment waits for something, and then for a core to go on. */
    private static final int STEPS = 8;

    private final Journal journal;
    private final Database database;
    private final Pulse pulse = new Pulse();
    private final long warmUpNanos;

    private final long startedAt = System.nanoTime();

    /** Zero until then. */
    private final AtomicLong firstPaymentAt = new AtomicLong();

    Pressure(Journal journal, Database database, Duration warmUp, MeterRegistry registry) {
        this.journal = journal;
        this.database = database;
        this.warmUpNanos = warmUp.toNanos();
        TimeGauge.builder(
                        "oqim.behind",
                        this,
                        TimeUnit.NANOSECONDS,
                        pressure -> Math.max(journal.delay(), pressure.common()))
                .description("how long new payments would wait for the journal and for cores")
                .register(registry);
    }

    void start() {
        pulse.start();
    }

    /** In nanoseconds, for everybody: one tenant's flood in its lane is not counted. */
    long behind() {
        return warm() ? Math.max(journal.delay(), common()) : 0;
    }

    /** In nanoseconds, for one tenant who wants to pay. */
    long behindWith(long tenant) {
        if (firstPaymentAt.get() == 0) {
            boolean ignored = firstPaymentAt.compareAndSet(0, System.nanoTime());
        }
        return warm() ? Math.max(journal.delay(tenant), common()) : 0;
    }

    /** In nanoseconds, how long somebody waits who wants to read from the database. */
    long unreadable() {
        return warm() ? database.delay() : 0;
    }

    private boolean warm() {
        long first = firstPaymentAt.get();
        return System.nanoTime() - (first == 0 ? startedAt : first) >= warmUpNanos;
    }

    private long common() {
        return Math.max(database.delay(), STEPS * pulse.delay());
    }

    @Override
    public void close() {
        pulse.close();
    }
}
