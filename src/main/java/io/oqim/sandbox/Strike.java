package io.oqim.sandbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one call meets: the bank's decision, and what goes wrong on the way.
 *
 * @param name of what struck, for the books; null when nothing did
 * @param enquiryLag how long enquiries deny the operation
 * @param injected the fault came from a control rule, which strikes refusals and repetitions too; a
 *     suffix only strikes what was processed
 * @param disputed the cardholder will dispute what the new payment debits
 */
record Strike(
        @Nullable String name,
        Decision decision,
        Fault fault,
        Duration enquiryLag,
        boolean injected,
        boolean disputed) {

    /** The fault in a reply that is not the result of new processing. */
    Fault faultOfRefusal() {
        return injected ? fault : Fault.NONE;
    }
}
