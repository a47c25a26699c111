package io.oqim.ledger;

import io.oqim.money.Money;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import io.oqim.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The accounts, and how movements become rows of a change. */
public final class Ledger {
    private static final Write BALANCE =
            new Write(
                    "ledger_balance",
                    Write.Stage.ROW,
                    80,
                    """
                    INSERT INTO ledger_balance AS b (tenant, account, currency, debits, credits)
                    SELECT tenant, account, currency, sum(debits), sum(credits)
                    FROM unnest(?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::bigint[])
                        AS moved (tenant, account, currency, debits, credits)
                    GROUP BY tenant, account, currency ORDER BY tenant, account, currency
                    ON CONFLICT (tenant, account, currency)
                    DO UPDATE SET debits = b.debits + excluded.debits, credits = b.credits + excluded.credits""",
                    List.of("bigint", "text", "text", "bigint", "bigint"));

    private static final Write POSTING =
            new Write(
                    "posting",
                    Write.Stage.ROW,
                    70,
                    """
                    INSERT INTO posting (tenant, posting, payment, operation, kind, debit, credit, amount, currency)
                    SELECT * FROM unnest(?::bigint[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[],
                        ?::bigint[], ?::text[])""",
                    List.of(
                            "bigint", "uuid", "uuid", "uuid", "text", "text", "text", "bigint",
                            "text"));

    private Ledger() {}

    /** Captured: the bank owes us, and we owe the merchant. */
    public static Posting captured(UUID payment, UUID operation, String bank, Money amount) {
        return new Posting(
                payment, operation, "capture", receivable(bank), PAYABLE_PENDING, amount);
    }

    /** Refunded: the bank takes back, and the merchant is owed less. */
    public static Posting refunded(UUID payment, UUID operation, String bank, Money amount) {
        return new Posting(payment, operation, "refund", PAYABLE_PENDING, receivable(bank), amount);
    }

    /** Debited by a bank after its payment had ended: the bank owes it, and nobody here owns it. */
    public static Posting approvedLate(UUID payment, UUID operation, String bank, Money amount) {
        return new Posting(payment, operation, "late_approval", receivable(bank), SUSPENSE, amount);
    }

    /** What was approved late is given back. */
    public static Posting reversedLate(UUID payment, UUID operation, String bank, Money amount) {
        return new Posting(payment, operation, "late_reversal", SUSPENSE, receivable(bank), amount);
    }

    /** Money that came and belongs to nobody here; it goes back. */
    static final String SUSPENSE = "suspense";

    /** What a merchant is owed and cannot have yet. */
    static final String PAYABLE_PENDING = "merchant:payable:pending";

    /** What a bank owes. */
    static String receivable(String bank) {
        return "bank:" + bank + ":receivable";
    }

    /** The rows that write a posting and move both balances. */
    public static List<Row> rows(long tenant, Posting posting) {
        long amount = posting.amount().minorUnits();
        String currency = posting.amount().currencyCode();
        List<Row> rows = new ArrayList<>();
        rows.add(
                Row.of(
                        POSTING,
                        tenant + "/" + posting.operation(),
                        tenant,
                        TypeId.next(),
                        posting.payment(),
                        posting.operation(),
                        posting.kind(),
                        posting.debit(),
                        posting.credit(),
                        amount,
                        currency));
        rows.add(
                Row.of(
                        BALANCE,
                        tenant + "/" + posting.debit(),
                        tenant,
                        posting.debit(),
                        currency,
                        amount,
                        0L));
        rows.add(
                Row.of(
                        BALANCE,
                        tenant + "/" + posting.credit(),
                        tenant,
                        posting.credit(),
                        currency,
                        0L,
                        amount));
        return rows;
    }
}
