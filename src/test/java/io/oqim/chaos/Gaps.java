package io.oqim.chaos;

import java.time.Duration;

/** How long nothing was answered. */
final class Gaps {
    private long last = System.nanoTime();
    private long longest;

    synchronized void answered() {
        long now = System.nanoTime();
        longest = Math.max(longest, now - last);
        last = now;
    }

    /** The longest time without an answer since this was asked before. */
    synchronized Duration longest() {
        long now = System.nanoTime();
        Duration gap = Duration.ofNanos(Math.max(longest, now - last));
        longest = 0;
        return gap;
    }
}
