package io.oqim.sandbox;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fault that the control API injects.
 *
 * @param bank that it strikes, or null for all
 * @param operation a call, a kind of traffic, or "all"
 * @param timesLeft how often it may still strike, or null for ever
 * @param action as the control API and the journal name it
 */
record FaultRule(
        @Nullable String bank,
        String operation,
        double probability,
        @Nullable Integer timesLeft,
        String action) {
    private static final String DELAY = "delay_ms:";
    private static final String SHORT = "short_by:";
    private static final int MAX_DELAY_DIGITS = 6;

    Fault fault() {
        return fault(action).orElseThrow();
    }

    boolean concerns(String otherBank, Call call) {
        return (bank == null || bank.equals(otherBank)) && call.isNamedBy(operation);
    }

    /** The fault that an action names, or empty when it names none. */
    static Optional<Fault> fault(String action) {
        if (action.startsWith(DELAY)) {
            String millis = action.substring(DELAY.length());
            return millis.matches("[0-9]{1," + MAX_DELAY_DIGITS + "}")
                    ? Optional.of(Fault.late(Duration.ofMillis(Long.parseLong(millis))))
                    : Optional.empty();
        }
        if (action.startsWith(SHORT)) {
            String less = action.substring(SHORT.length());
            return less.matches("[1-9][0-9]{0," + (MAX_DELAY_DIGITS - 1) + "}")
                    ? Optional.of(Fault.shortBy(Long.parseLong(less)))
                    : Optional.empty();
        }
        return switch (action) {
            case "drop_before" -> Optional.of(Fault.of(Fault.Kind.DROP_BEFORE));
            case "drop_after" -> Optional.of(Fault.of(Fault.Kind.DROP_AFTER));
            case "error_500_after" -> Optional.of(Fault.of(Fault.Kind.ERROR_AFTER));
            case "not_processed_503" -> Optional.of(Fault.of(Fault.Kind.NOT_PROCESSED));
            case "malformed" -> Optional.of(Fault.of(Fault.Kind.MALFORMED));
            case "hang" -> Optional.of(Fault.of(Fault.Kind.HANG));
            default -> Optional.empty();
        };
    }
}
