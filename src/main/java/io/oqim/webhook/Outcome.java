package io.oqim.webhook;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of one attempt.
 *
 * @param status of the answer; 0 when there was none
 * @param error what went wrong instead of an answer, in a word; empty when there was one
 * @param response the first bytes of the answer's body, at most 1 KiB
 * @param retryAfter when the receiver wants to hear again, if it says so
 */
record Outcome(
        int status,
        String error,
        byte[] response,
        Duration latency,
        Optional<Duration> retryAfter) {
    private static final int GONE = 410;

    static Outcome failed(String error, Duration latency) {
        return new Outcome(0, error, new byte[0], latency, Optional.empty());
    }

    /** The receiver has taken it. */
    boolean delivered() {
        return status / 100 == 2;
    }

    /** The receiver wants nothing any more. */
    boolean gone() {
        return status == GONE;
    }
}
