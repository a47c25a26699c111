package io.oqim.websocket;

import java.time.Duration;

/**
 * Whether the peer is still there: anything it sends counts, a ping asks when it is silent. The
 * connection's thread reports, the shared timer checks; times are those of {@link System#nanoTime}.
 */
final class Heartbeat {
    enum Verdict {
        FINE,
        PING,
        LOST
    }

    private final long intervalNanos;
    private final long pongNanos;
    private volatile long heard;
    private volatile boolean busy;
    // Only the shared timer touches these.
    private boolean asked;
    private long askedAt;

    Heartbeat(Duration interval, Duration pongTimeout, long now) {
        intervalNanos = interval.toNanos();
        pongNanos = pongTimeout.toNanos();
        heard = now;
    }

    /** The peer sent something. */
    void heard(long now) {
        heard = now;
    }

    /** While the listener works nobody reads, so that the peer's silence proves nothing. */
    void busy(boolean isBusy) {
        busy = isBusy;
    }

    Verdict check(long now) {
        if (!asked) {
            return now - heard >= intervalNanos ? ask(now) : Verdict.FINE;
        }
        if (heard - askedAt > 0) {
            asked = false;
            return Verdict.FINE;
        }
        if (busy) {
            askedAt = now;
        }
        return now - askedAt >= pongNanos ? Verdict.LOST : Verdict.FINE;
    }

    private Verdict ask(long now) {
        asked = true;
        askedAt = now;
        return Verdict.PING;
    }
}
