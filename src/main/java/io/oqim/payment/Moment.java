package io.oqim.payment;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time as payments keep it: to the millisecond, so that what is read back is what was said. */
final class Moment {
    private Moment() {}

    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
