package io.oqim.sandbox;

import java.time.Duration;

/**
 * What goes wrong with one call, apart from the bank's decision.
 *
 * @param delay how late the reply is, for {@link Kind#LATE}
 */
record Fault(Kind kind, Duration delay) {
    static final Fault NONE = new Fault(Kind.NONE, Duration.ZERO);

    /** Where the fault strikes: before the bank processed the call, or after. */
    enum Kind {
        NONE,
        /** Not processed; the connection is closed without a byte. */
        DROP_BEFORE,
        /** Not processed, and the bank says so. */
        NOT_PROCESSED,
        /** Not processed, and not answered either. */
        HANG,
        /** Processed; the connection is closed without a byte. */
        DROP_AFTER,
        /** Processed; the reply is an HTTP 500 that says nothing. */
        ERROR_AFTER,
        /** Processed; the reply is broken JSON. */
        MALFORMED,
        /** Processed; the reply comes late. */
        LATE
    }

    static Fault of(Kind kind) {
        return new Fault(kind, Duration.ZERO);
    }

    static Fault late(Duration delay) {
        return new Fault(Kind.LATE, delay);
    }
}
