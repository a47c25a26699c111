package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.store.TypeId;
import java.util.UUID;

/**
 * One try of an operation at one bank.
 *
 * @param reference ours at the bank, unique for ever
 * @param checks how often the bank was asked what became of it
 */
record Attempt(
        UUID operation,
        int number,
        String bank,
        String reference,
        AttemptState state,
        BankIds ids,
        String bankCode,
        int checks) {
    static Attempt first(UUID operation, String bank) {
        return numbered(operation, 1, bank);
    }

    static Attempt numbered(UUID operation, int number, String bank) {
        String reference = TypeId.text("op", operation) + "-" + number;
        return new Attempt(
                operation, number, bank, reference, AttemptState.SENT, BankIds.none(), "", 0);
    }

    Attempt next(AttemptState to, BankIds known, String code) {
        BankIds merged =
                new BankIds(
                        known.bankReference().or(ids::bankReference),
                        known.authCode().or(ids::authCode),
                        known.rrn().or(ids::rrn));
        return new Attempt(operation, number, bank, reference, to, merged, code, checks);
    }
}
