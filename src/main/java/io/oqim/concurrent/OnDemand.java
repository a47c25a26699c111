package io.oqim.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work that is done whenever somebody says that there may be some, on a virtual thread that exists
 * only meanwhile. Never at twice at once; a signal that comes while it works makes it look once
 * more. Safe for use by any number of threads.
 */
public final class OnDemand {
    private static final System.Logger LOG = System.getLogger(OnDemand.class.getName());

    private final String name;
    private final Runnable work;
    private final AtomicInteger signals = new AtomicInteger();

    /**
     * @param name of the thread
     * @param work does all that there is to do, and then returns
     */
    public OnDemand(String name, Runnable work) {
        this.name = name;
        this.work = work;
    }

    /** There may be something to do. Never blocks. */
    public void signal() {
        if (signals.getAndIncrement() == 0) {
            Thread.ofVirtual().name(name).start(this::run);
        }
    }

    private void run() {
        int seen;
        do {
            seen = signals.get();
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        name + " failed; it goes on when asked again",
                        e);
            }
        } while (signals.addAndGet(-seen) != 0);
    }
}
