package io.oqim.payment;

import io.oqim.http.Problem;
import java.util.UUID;

/** What a request for a payment is answered with. */
sealed interface Answer {
    /**
     * The payment, or the operation with its payment.
     *
     * @param eventSeq of the event that goes with it; 0 when there is none
     * @param location where it can be read again
     */
    record Given(
            int status, byte[] body, long eventSeq, UUID payment, String location, boolean replayed)
            implements Answer {
        /** The same, with the number of an event that the caller may wait for. */
        Given at(long seq) {
            return new Given(status, body, seq, payment, location, replayed);
        }

        Given asReplay() {
            return new Given(status, body, eventSeq, payment, location, true);
        }
    }

    /** A problem; this request sent nothing to a bank. */
    record Refused(Problem problem, Next next) implements Answer {
        Refused(Problem problem) {
            this(problem, Next.NONE);
        }
    }

    /** What may be done about a refusal while its caller waits. */
    enum Next {
        /** It is the caller's to come back. */
        NONE,
        /** Nothing was stored in time: to begin anew. */
        ANEW,
        /** It was stored too late to be sent, and its key is open again: to go on with it. */
        REOPENED
    }
}
