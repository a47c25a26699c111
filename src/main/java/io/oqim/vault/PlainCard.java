package io.oqim.vault;

import java.time.YearMonth;
import java.util.Optional;

/**
 * A card in clear: it prints as {@code [REDACTED]}, and is held for as long as it is used.
 *
 * @param number 12 to 19 digits
 */
public record PlainCard(String number, int expMonth, int expYear, Optional<String> holderName) {
    /** Whether the card is past its month. */
    public boolean expired(YearMonth now) {
        return YearMonth.of(expYear, expMonth).isBefore(now);
    }

    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
