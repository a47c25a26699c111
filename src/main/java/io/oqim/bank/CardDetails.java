package io.oqim.bank;

import java.util.Optional;

/** A card in clear, on its way to a bank and nowhere else: it prints as {@code [REDACTED]}. */
public record CardDetails(
        String number, int expMonth, int expYear, Optional<String> cvc, Optional<String> holderName)
        implements Source {
    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
