package io.oqim.bank;

/**
 * What a bank has given for a card that was told to it alone. It prints as {@code [REDACTED]}: who
 * has it, and a key of that bank, can pay with it.
 */
public record BankToken(String value) implements Source {
    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
