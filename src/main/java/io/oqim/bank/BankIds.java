package io.oqim.bank;

import java.util.Optional;

/** What the bank calls it: its payment, the issuer's code, the retrieval reference number. */
public record BankIds(
        Optional<String> bankReference, Optional<String> authCode, Optional<String> rrn) {
    public static BankIds none() {
        return new BankIds(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
