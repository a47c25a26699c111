package io.oqim.sandbox;

import java.time.Duration;

/**
 * What goes wrong with one call, apart from the bank's decision.
 *
 * @param delay how late the reply is, for {@link Kind#LATE}
 * @param less how many minor units less are processed, for {@link Kind#SHORT}
 */
record Fault(Kind kind, Duration delay, long less) {
    static final Fault NONE = of(Kind.NONE);

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
        LATE,
        /** Processed, but for another amount than was asked for. */
        SHORT
    }

    static Fault of(Kind kind) {
        return new Fault(kind, Duration.ZERO, 0);
    }

    static Fault late(Duration delay) {
        return new Fault(Kind.LATE, delay, 0);
    }

    static Fault shortBy(long less) {
        return new Fault(Kind.SHORT, Duration.ZERO, less);
    }

    /** What the bank takes this amount for. */
    Amount heard(Amount amount) {
        return kind == Kind.SHORT
                ? new Amount(Math.max(1, amount.minorUnits() - less), amount.currency())
                : amount;
    }
}
