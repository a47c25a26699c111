package io.oqim.concurrent;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** One leg of a {@link FanOut}. */
public final class Leg<T> {
    private final String name;
    private final boolean cancellable;
    private final long origin;
    private final long started = System.nanoTime();
    private final FutureTask<T> task;
    private final FanOut.Watch watch;
    private volatile long ended;
    private volatile String outcome = "running";
    private volatile @Nullable String note;

    /** How a leg ended. */
    public sealed interface Result<T> {
        /** With a value. */
        record Done<T>(T value) implements Result<T> {}

        /** With an exception. */
        record Failed<T>(Throwable cause) implements Result<T> {}

        /** Not in time: it was given up. */
        record Late<T>() implements Result<T> {}
    }

    /**
     * A leg as the trace shows it; times are microseconds since the fan-out began.
     *
     * @param outcome running, done, failed, late or dropped
     * @param note what the leg's owner said of its result, or empty
     */
    public record Timing(
            String name, long startMicros, long endMicros, String outcome, String note) {}

    /**
     * @param origin when its fan-out began
     */
    Leg(String name, Callable<T> work, boolean cancellable, long origin, FanOut.Watch watch) {
        this.name = name;
        this.cancellable = cancellable;
        this.origin = origin;
        this.watch = watch;
        this.task = new FutureTask<>(() -> timed(work));
    }

    Runnable task() {
        return task;
    }

    private T timed(Callable<T> work) throws Exception {
        try {
            T value = work.call();
            finish("done");
            return value;
        } catch (Exception | Error e) {
            finish("failed");
            throw e;
        }
    }

    private void finish(String how) {
        if (isFirst(how)) {
            watch.ended(timing());
        }
    }

    /** It ends once; what follows from that is not news. */
    private synchronized boolean isFirst(String how) {
        if (ended != 0) {
            return false;
        }
        ended = System.nanoTime();
        outcome = how;
        return true;
    }

    /** Says what the result meant, for the trace. */
    public void note(String meaning) {
        note = meaning;
    }

    /**
     * Waits for the result: a cancellable leg until the deadline, a joined one for as long as it
     * takes. Interrupts of the waiting thread are kept for later.
     */
    public Result<T> await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return new Result.Done<>(task.get());
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (CancellationException e) {
                    return new Result.Late<>();
                } catch (ExecutionException e) {
                    return new Result.Failed<>(Objects.requireNonNullElse(e.getCause(), e));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The deadline is over: ends it if it may be ended. */
    void late() {
        end("late");
    }

    /** Nobody wants its result any longer: ends it if it may be ended. */
    void cancel() {
        end("dropped");
    }

    private void end(String how) {
        if (cancellable && !task.isDone()) {
            finish(how);
            boolean ignored = task.cancel(true);
        }
    }

    /** Waits for it if it has to be waited for. */
    void join() {
        if (!cancellable) {
            await();
        }
    }

    Timing timing() {
        long end = ended == 0 ? System.nanoTime() : ended;
        return new Timing(
                name,
                (started - origin) / 1000,
                (end - origin) / 1000,
                outcome,
                Objects.requireNonNullElse(note, ""));
    }
}
