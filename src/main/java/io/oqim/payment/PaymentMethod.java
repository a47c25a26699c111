package io.oqim.payment;

import io.oqim.vault.PlainCard;
import java.time.YearMonth;
import java.util.Optional;
import java.util.UUID;

/** With what a request wants to pay. */
sealed interface PaymentMethod {
    /** A card, as it stands on it. */
    record InClear(PlainCard card, Optional<String> cvc, boolean save) implements PaymentMethod {
        @Override
        public String toString() {
            return "[REDACTED]";
        }
    }

    /** A card that was kept before. */
    record Kept(UUID token, Optional<String> cvc) implements PaymentMethod {
        @Override
        public String toString() {
            return "[REDACTED]";
        }
    }

    /** Whether it is known to be past its month. */
    default boolean expired(YearMonth now) {
        return switch (this) {
            case InClear clear -> clear.card().expired(now);
            case Kept kept -> false;
        };
    }
}
