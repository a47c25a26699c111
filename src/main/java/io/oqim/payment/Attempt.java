package io.oqim.payment;

import io.oqim.bank.BankIds;
import java.util.UUID;

/**
 * One try of an operation at one bank.
 *
 * @param reference ours at the bank, unique for ever
 * @param checks how often the bank was asked what became of it
 * @param fence how often a worker took a lease on it; what is written under an older one is refused
 */
record Attempt(
        UUID operation,
        int number,
        String bank,
        String reference,
        AttemptState state,
        BankIds ids,
        String bankCode,
        int checks,
        long fence) {
    /** How many tries an operation may have (the database holds it too). */
    static final int MOST = 100;

    /**
     * The first try.
     *
     * @param name what the tries of this operation have in common in their references. Made of the
     *     idempotency key: if a failover loses what was written here, the caller's next try has the
     *     same reference, and the bank says that it knows it
     */
    static Attempt first(UUID operation, String bank, String name) {
        return numbered(operation, 1, bank, name);
    }

    /** Whether the bank has ever said something of it, so that it cannot be "not found". */
    boolean knownToTheBank() {
        return state == AttemptState.PENDING
                || ids.bankReference().isPresent()
                || bankCode.equals(Settling.DUPLICATE);
    }

    /** The next try, of an operation whose last one proved unsent. */
    Attempt again(String otherBank) {
        String name = reference.substring(0, reference.lastIndexOf('-'));
        return numbered(operation, number + 1, otherBank, name);
    }

    private static Attempt numbered(UUID operation, int number, String bank, String name) {
        return new Attempt(
                operation,
                number,
                bank,
                name + "-" + number,
                AttemptState.SENT,
                BankIds.none(),
                "",
                0,
                0);
    }

    /** The first try of an operation that Oqim began itself; it is on disk before it is sent. */
    static Attempt planned(UUID operation, String bank) {
        return first(operation, bank, operation.toString().replace("-", "")).planned();
    }

    /** The same, to be sent by a worker. */
    Attempt planned() {
        return next(AttemptState.PLANNED, BankIds.none(), "");
    }

    Attempt next(AttemptState to, BankIds known, String code) {
        BankIds merged =
                new BankIds(
                        known.bankReference().or(ids::bankReference),
                        known.authCode().or(ids::authCode),
                        known.rrn().or(ids::rrn));
        return new Attempt(operation, number, bank, reference, to, merged, code, checks, fence);
    }
}
