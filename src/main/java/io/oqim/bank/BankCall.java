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

    /**
     * Of a harmless call: whether more than a tenth of its time is left. What ends it then is not
     * its deadline, nor one that began a little before.
     */
    boolean isEarly() {
        return sendBy - System.nanoTime() > deadline.toNanos() / 10;
    }

    boolean tooLate() {
        return System.nanoTime() - sendBy >= 0;
    }
}
