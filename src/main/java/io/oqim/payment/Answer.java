package io.oqim.payment;

import io.oqim.http.Problem;
import java.util.UUID;

/** What a request for a payment is answered with. */
sealed interface Answer {
    /** The payment. */
    record Given(int status, byte[] body, long eventSeq, UUID payment, boolean replayed)
            implements Answer {
        Given asReplay() {
            return new Given(status, body, eventSeq, payment, true);
        }
    }

    /** A problem; this request sent nothing to a bank. */
    record Refused(Problem problem) implements Answer {}
}
