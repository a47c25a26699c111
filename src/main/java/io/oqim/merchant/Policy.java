package io.oqim.merchant;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What holds for one tenant in particular.
 *
 * @param rateLimit requests a second; 0 is no limit, empty the configured one
 * @param cardLimit payments of one card in the velocity window; 0 is no limit, empty the configured
 *     one
 * @param resolveWithin how long an outcome may stay in doubt before it is undone, if it can be;
 *     empty is the configured time
 * @param onDeadline what becomes of a payment that was not decided when its caller was answered
 * @param settlementDelay from the capture until it can be had; empty is the configured time
 * @param refundBeyondBalance whether refunds may be more than what is available, which is below
 *     zero then
 * @param requireSignatures whether requests without a signature are refused
 * @param fees by currency; nothing is taken in others
 */
public record Policy(
        OptionalInt rateLimit,
        OptionalInt cardLimit,
        Optional<Duration> resolveWithin,
        OnDeadline onDeadline,
        Optional<Duration> settlementDelay,
        boolean refundBeyondBalance,
        boolean requireSignatures,
        Map<String, Fee> fees) {
    public Policy {
        fees = Map.copyOf(fees);
    }

    /**
     * What Oqim takes of each capture: a fixed amount and a part of what is captured, together no
     * more than that.
     *
     * @param fixed in minor units of the currency
     * @param basisPoints hundredths of a percent
     * @param returned whether refunds give back the part of it that belongs to them
     */
    public record Fee(long fixed, int basisPoints, boolean returned) {
        public static final Fee NONE = new Fee(0, 0, false);

        /** Rounded half up. */
        public long of(long amount) {
            long part = Math.addExact(Math.multiplyExact(amount, basisPoints), 5_000) / 10_000;
            return Math.min(amount, Math.addExact(fixed, part));
        }
    }

    /** What is taken in a currency. */
    public Fee fee(String currency) {
        return fees.getOrDefault(currency, Fee.NONE);
    }

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
            new Policy(
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    OnDeadline.SETTLE,
                    Optional.empty(),
                    true,
                    false,
                    Map.of());
}
