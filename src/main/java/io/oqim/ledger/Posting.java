package io.oqim.ledger;

import io.oqim.money.Money;
import java.util.Objects;
import java.util.UUID;

/**
 * A movement of money from one account to another. Both sides are in one value, so it cannot be
 * unbalanced; once written it never changes.
 *
 * @param operation what moved it: an operation of the payment, or a dispute
 * @param kind how; one operation posts one movement of a kind
 * @param debit the account that receives value (bank receivable grows)
 * @param credit the account that gives it (merchant payable grows)
 */
public record Posting(
        UUID payment, UUID operation, String kind, String debit, String credit, Money amount) {
    public Posting {
        Objects.requireNonNull(amount, "amount");
        if (amount.isZero() || debit.equals(credit)) {
            throw new IllegalArgumentException(
                    "a posting of " + amount + " from " + credit + " to " + debit);
        }
    }

    /** Whether a dispute moved it. */
    boolean ofDispute() {
        return kind.startsWith("chargeback");
    }

    /** By how much it makes what is owed on an account more; below zero, less. */
    long moves(String account) {
        if (credit.equals(account)) {
            return amount.minorUnits();
        }
        return debit.equals(account) ? -amount.minorUnits() : 0;
    }
}
