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

    /** A card that one bank alone knows, by the token that it gave for it. */
    record OfBank(String bank, String token) implements PaymentMethod {
        @Override
        public String toString() {
            return "[REDACTED]";
        }
    }

    /** The only bank that can be paid by it, if it is one alone. */
    default Optional<String> onlyBank() {
        return switch (this) {
            case InClear clear -> Optional.empty();
            case Kept kept -> Optional.empty();
            case OfBank of -> Optional.of(of.bank());
        };
    }

    /** Whether it is known to be past its month. */
    default boolean expired(YearMonth now) {
        return switch (this) {
            case InClear clear -> clear.card().expired(now);
            case Kept kept -> false;
            case OfBank of -> false;
        };
    }
}
