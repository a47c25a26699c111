package io.oqim.concurrent;

import io.oqim.observe.Scope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs legs side by side, each on a virtual thread of its own, under one deadline.
 *
 * <p>A leg is either cancellable (interrupted when the deadline is over or the fan-out is closed,
 * and not waited for any longer) or joined (never interrupted, always waited for). Closing ends
 * all: no joined leg outlives the block. Every leg's start, end and outcome is recorded.
 *
 * <p>Legs are started and awaited by one thread.
 */
public final class FanOut implements AutoCloseable {
    private static final AtomicLong NUMBER = new AtomicLong();

    private final long started = System.nanoTime();
    private final Duration within;
    private final List<Leg<?>> legs = new CopyOnWriteArrayList<>();
    private final long number = NUMBER.incrementAndGet();

    private final Watch watch;
    private @Nullable Alarm alarm;
    private volatile boolean over;

    private FanOut(Duration within, Watch watch) {
        this.within = within;
        this.watch = watch;
    }

    /** Sees legs begin and end, as they do. Called on many threads; must not block. */
    public interface Watch {
        /** Nobody looks. */
        Watch NONE =
                new Watch() {
                    @Override
                    public void began(String leg) {}

                    @Override
                    public void ended(Leg.Timing leg) {}
                };

        void began(String leg);

        void ended(Leg.Timing leg);
    }

    /** A fan-out whose cancellable legs have this long together, from now. */
    public static FanOut within(Duration duration) {
        return within(duration, Watch.NONE);
    }

    /** The same, with somebody who sees what becomes of them. */
    public static FanOut within(Duration duration, Watch watch) {
        return new FanOut(duration, watch);
    }

    /** Starts a leg that is given up at the deadline. */
    public <T> Leg<T> cancellable(String name, Callable<T> work) {
        Leg<T> leg = start(name, work, true);
        if (alarm == null) {
            alarm = Alarm.in(within.minusNanos(System.nanoTime() - started), this::end);
        } else if (over) {
            leg.late();
        }
        return leg;
    }

    /** Starts a leg that is always waited for. */
    public <T> Leg<T> joined(String name, Callable<T> work) {
        return start(name, work, false);
    }

    private <T> Leg<T> start(String name, Callable<T> work, boolean cancellable) {
        Leg<T> leg = new Leg<>(name, work, cancellable, started, watch);
        legs.add(leg);
        watch.began(name);
        // A leg works for the request of whoever began it.
        Scope scope = Scope.current();
        Thread.ofVirtual().name("leg-" + name + "-" + number).start(() -> scope.run(leg.task()));
        return leg;
    }

    /** The deadline is over. Legs are added before this is looked at, so none slips through. */
    private void end() {
        over = true;
        legs.forEach(Leg::late);
    }

    /** What happened so far, in the order of starting. */
    public List<Leg.Timing> timings() {
        return legs.stream().map(Leg::timing).toList();
    }

    /** Ends cancellable legs and waits for joined ones. */
    @Override
    public void close() {
        if (alarm != null) {
            alarm.off();
        }
        legs.forEach(Leg::cancel);
        legs.forEach(Leg::join);
    }
}
