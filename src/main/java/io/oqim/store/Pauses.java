package io.oqim.store;

import java.time.Duration;

/** Sleeping where an interrupt means no more than an early end of the pause. */
final class Pauses {
    private Pauses() {}

    static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            // A lane ends by being closed, never by an interrupt.
        }
    }
}
