package io.oqim.websocket;

import org.jspecify.annotations.Nullable;

/**
 * Runs work on a thread of its own and waits for it.
 *
 * <p>A virtual thread keeps the memory of the deepest stack on which it ever waited. That of a
 * connection waits for hours at the same shallow place; a question to the database on it would cost
 * some KiB for as long as the connection lives.
 */
final class Aside implements Runnable {
    private final Runnable work;
    private @Nullable RuntimeException failure;
    private @Nullable Error error;

    private Aside(Runnable work) {
        this.work = work;
    }

    /** Returns when the work is done; what it throws is thrown here. An interrupt is handed on. */
    static void run(Runnable work) {
        Aside aside = new Aside(work);
        Thread thread = Thread.ofVirtual().name("websocket-listener").start(aside);
        boolean interrupted = false;
        boolean running = true;
        while (running) {
            try {
                thread.join();
                running = false;
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (aside.failure != null) {
            throw aside.failure;
        }
        if (aside.error != null) {
            throw aside.error;
        }
    }

    @Override
    public void run() {
        try {
            work.run();
        } catch (RuntimeException e) {
            failure = e;
        } catch (Error e) {
            error = e;
        }
    }
}
