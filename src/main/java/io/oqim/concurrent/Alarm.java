package io.oqim.concurrent;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Rings once when its time has come, unless it is called off before.
 *
 * <p>For waits that hardly ever last as long as they may: setting one and calling it off costs
 * nothing but memory, where the JDK's timed wait of a virtual thread wakes a thread of its own each
 * time. In return it rings up to 20 ms late, never early.
 */
public final class Alarm {
    private static final Duration TICK = Duration.ofMillis(10);
    private static final int SLOTS = 512;

    /** One thread for the process; it waits for nothing but the next tick. */
    private static final HashedWheelTimer TIMER =
            new HashedWheelTimer(
                    Thread.ofPlatform().daemon().name("alarm").factory(),
                    TICK.toMillis(),
                    TimeUnit.MILLISECONDS,
                    SLOTS,
                    false);

    private final Timeout timeout;

    private Alarm(Timeout timeout) {
        this.timeout = timeout;
    }

    /**
     * @param ring runs on the thread of all alarms, so it must not block
     */
    public static Alarm in(Duration time, Runnable ring) {
        return new Alarm(
                TIMER.newTimeout(
                        rung -> ring.run(), Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS));
    }

    /** It does not ring any more, unless it rings already. */
    public void off() {
        boolean ignored = timeout.cancel();
    }
}
