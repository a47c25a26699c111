package io.oqim.stream;

import io.oqim.event.EventLog;

/** The log cannot be followed from there, or not any longer. */
final class ResyncRequired extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient EventLog.Bounds bounds;

    ResyncRequired(EventLog.Bounds bounds) {
        super("resync required", null, false, false);
        this.bounds = bounds;
    }

    /** What there is instead. */
    EventLog.Bounds bounds() {
        return bounds;
    }
}
