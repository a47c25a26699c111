package io.oqim.merchant;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What holds for one tenant in particular.
 *
 * @param cardLimit payments of one card in the velocity window; 0 is no limit, empty the configured
 *     one
 * @param resolveWithin how long an outcome may stay in doubt before it is undone, if it can be;
 *     empty is the configured time
 * @param onDeadline what becomes of a payment that was not decided when its caller was answered
 */
public record Policy(
        OptionalInt cardLimit, Optional<Duration> resolveWithin, OnDeadline onDeadline) {

    /** What becomes of a payment that was not decided when its caller was answered. */
    public enum OnDeadline {
        /** What the bank says later counts. */
        SETTLE,
        /** It is undone at the bank, whatever the bank says later. */
        REVERSE;

        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        public static OnDeadline parse(String text) {
            return valueOf(text.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /** What holds when nothing was said. */
    public static final Policy STANDARD =
            new Policy(OptionalInt.empty(), Optional.empty(), OnDeadline.SETTLE);
}
