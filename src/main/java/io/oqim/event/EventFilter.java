package io.oqim.event;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Which events of a log somebody wants.
 *
 * @param types patterns, of which one must fit: a whole type, such as {@code payment.captured}; all
 *     that begin alike, such as {@code payment.*}; or {@code *}. None means every type.
 * @param payment the one that events must be about; empty means all, and events about none
 */
public record EventFilter(List<String> types, Optional<UUID> payment) {
    /** How many patterns a filter may have. */
    public static final int PATTERNS_MOST = 50;

    /** How long a pattern may be. */
    public static final int PATTERN_LENGTH_MOST = 100;

    /** Lets everything pass. */
    public static final EventFilter ALL = new EventFilter(List.of(), Optional.empty());

    private static final Pattern PATTERN =
            Pattern.compile("\\*|[a-z][a-z_]*(\\.[a-z][a-z_]*)*(\\.\\*)?");

    public EventFilter {
        types = List.copyOf(types);
    }

    /** Whether a text may stand among the patterns. It need not fit a type that exists. */
    public static boolean isPattern(String text) {
        return text.length() <= PATTERN_LENGTH_MOST && PATTERN.matcher(text).matches();
    }

    /**
     * Whether it lets an event pass.
     *
     * @param of the payment that the event is about
     */
    public boolean passes(String type, Optional<UUID> of) {
        if (payment.isPresent() && !payment.equals(of)) {
            return false;
        }
        if (types.isEmpty()) {
            return true;
        }
        for (String pattern : types) {
            if (fits(pattern, type)) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing is held back. */
    public boolean isAll() {
        return types.isEmpty() && payment.isEmpty();
    }

    private static boolean fits(String pattern, String type) {
        if (!pattern.endsWith("*")) {
            return pattern.equals(type);
        }
        return type.startsWith(pattern.substring(0, pattern.length() - 1));
    }
}
