package io.oqim.bank;

import java.time.Duration;

/**
 * How a call is made.
 *
 * @param reference ours, unique for ever
 * @param sendBy on the monotonic clock ({@link System#nanoTime}): no byte leaves after it
 * @param deadline for the whole call, connection included
 */
public record BankCall(String reference, long sendBy, Duration deadline) {
    /** A call that may be made at any time, because asking does no harm. */
    public static BankCall harmless(String reference, Duration deadline) {
        return new BankCall(reference, System.nanoTime() + deadline.toNanos(), deadline);
    }

    boolean tooLate() {
        return System.nanoTime() - sendBy >= 0;
    }
}
