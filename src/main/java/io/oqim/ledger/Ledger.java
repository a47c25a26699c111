package io.oqim.ledger;

import io.oqim.money.Money;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import io.oqim.store.Write;
import java.time.Duration;
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
                    FROM :rows AS moved
                    GROUP BY tenant, account, currency ORDER BY tenant, account, currency
                    ON CONFLICT (tenant, account, currency)
                    DO UPDATE SET debits = b.debits + excluded.debits, credits = b.credits + excluded.credits""",
                    "tenant bigint",
                    "account text",
                    "currency text",
                    "debits bigint",
                    "credits bigint");

    private static final Write POSTING =
            new Write(
                    "posting",
                    Write.Stage.ROW,
                    70,
                    """
                    INSERT INTO posting (tenant, posting, payment, operation, kind, debit, credit, amount, currency)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "posting uuid",
                    "payment uuid",
                    "operation uuid",
                    "kind text",
                    "debit text",
                    "credit text",
                    "amount bigint",
                    "currency text");

    private static final Write MATURING =
            new Write(
                    "maturing",
                    Write.Stage.ROW,
                    75,
                    """
                    INSERT INTO maturing (tenant, operation, payment, currency, amount, due_at)
                    SELECT tenant, operation, payment, currency, amount,
                        now() + make_interval(secs => delay_ms / 1000.0)
                    FROM :rows AS u""",
                    "tenant bigint",
                    "operation uuid",
                    "payment uuid",
                    "currency text",
                    "amount bigint",
                    "delay_ms bigint");

    /** Of several that keep a part of one balance in one batch, one is accepted. */
    private static final Write RESERVE =
            new Write(
                    "balance_reserve",
                    Write.Stage.GUARD,
                    80,
                    """
                    UPDATE ledger_balance b SET reserved = b.reserved + u.amount
                    FROM :rows AS u
                    WHERE b.tenant = u.tenant AND b.account = 'merchant:payable:available'
                        AND b.currency = u.currency AND b.credits - b.debits - b.reserved >= u.amount
                    RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "currency text",
                    "amount bigint");

    private static final Write RELEASE =
            new Write(
                    "balance_release",
                    Write.Stage.ROW,
                    79,
                    """
                    UPDATE ledger_balance b SET reserved = b.reserved - u.amount
                    FROM (SELECT tenant, currency, sum(amount) AS amount
                        FROM :rows AS r
                        GROUP BY tenant, currency) AS u
                    WHERE b.tenant = u.tenant AND b.account = 'merchant:payable:available'
                        AND b.currency = u.currency""",
                    "tenant bigint",
                    "currency text",
                    "amount bigint");

    private Ledger() {}

    /**
     * What moves money of a payment, and at which bank.
     *
     * @param operation one of the payment's operations, or a dispute
     */
    public record Movement(UUID payment, UUID operation, String bank) {
        private Posting posting(String kind, String debit, String credit, Money amount) {
            return new Posting(payment, operation, kind, debit, credit, amount);
        }
    }

    /**
     * Captured: the bank owes us, and we owe the merchant, less our fee.
     *
     * @param fee may be nothing
     */
    public static List<Posting> captured(Movement of, Money amount, Money fee) {
        List<Posting> postings = new ArrayList<>();
        postings.add(
                of.posting("capture", Accounts.receivable(of.bank()), Accounts.PENDING, amount));
        if (!fee.isZero()) {
            postings.add(of.posting("fee", Accounts.PENDING, Accounts.FEES, fee));
        }
        return postings;
    }

    /**
     * Refunded: the bank takes back, and the merchant is charged for it.
     *
     * @param feeBack what of our fee the merchant gets back; may be nothing
     */
    public static List<Posting> refunded(Movement of, Money amount, Money feeBack) {
        List<Posting> postings = new ArrayList<>();
        postings.add(
                of.posting("refund", Accounts.REFUNDS, Accounts.receivable(of.bank()), amount));
        postings.add(of.posting("refund_charge", Accounts.AVAILABLE, Accounts.REFUNDS, amount));
        if (!feeBack.isZero()) {
            postings.add(of.posting("fee_return", Accounts.FEES, Accounts.AVAILABLE, feeBack));
        }
        return postings;
    }

    /** Debited by a bank after its payment had ended: the bank owes it, and nobody here owns it. */
    public static Posting approvedLate(Movement of, Money amount) {
        return of.posting(
                "late_approval", Accounts.receivable(of.bank()), Accounts.SUSPENSE, amount);
    }

    /** What was approved late is given back. */
    public static Posting reversedLate(Movement of, Money amount) {
        return of.posting(
                "late_reversal", Accounts.SUSPENSE, Accounts.receivable(of.bank()), amount);
    }

    /**
     * Charged back: the bank takes back, and the merchant is charged for it. By the beginning of
     * their kinds these are told from what operations move ({@link Posting#ofDispute}).
     */
    public static List<Posting> chargedBack(Movement of, Money amount) {
        return List.of(
                of.posting("chargeback", Accounts.DISPUTES, Accounts.receivable(of.bank()), amount),
                of.posting("chargeback_charge", Accounts.AVAILABLE, Accounts.DISPUTES, amount));
    }

    /** A dispute is won: the bank gives back, and the merchant gets it. */
    public static List<Posting> chargebackReversed(Movement of, Money amount) {
        return List.of(
                of.posting(
                        "chargeback_reversal",
                        Accounts.receivable(of.bank()),
                        Accounts.DISPUTES,
                        amount),
                of.posting("chargeback_return", Accounts.DISPUTES, Accounts.AVAILABLE, amount));
    }

    /** What was captured can be had now. */
    static Posting matured(UUID payment, UUID operation, Money amount) {
        return new Posting(
                payment, operation, "available", Accounts.PENDING, Accounts.AVAILABLE, amount);
    }

    /**
     * The rows that write postings and move their balances. What they add to what is pending
     * becomes available after {@code delay}, on the database's clock.
     */
    public static List<Row> rows(long tenant, List<Posting> postings, Duration delay) {
        List<Row> rows = new ArrayList<>();
        long pending = 0;
        // Entries of one moment are read in the order of their ids.
        List<UUID> ids = postings.stream().map(posting -> TypeId.next()).sorted().toList();
        for (int i = 0; i < ids.size(); i++) {
            rows.addAll(rows(tenant, ids.get(i), postings.get(i)));
            pending += postings.get(i).moves(Accounts.PENDING);
        }
        if (pending > 0) {
            Posting first = postings.getFirst();
            rows.add(
                    Row.of(
                            MATURING,
                            tenant + "/" + first.operation(),
                            tenant,
                            first.operation(),
                            first.payment(),
                            first.amount().currencyCode(),
                            pending,
                            delay.toMillis()));
        }
        return rows;
    }

    /**
     * Keeps a part of the available balance, if there is as much.
     *
     * @param change which is refused when there is not
     */
    public static Row reserve(UUID change, long tenant, Money amount) {
        return Row.of(
                RESERVE,
                tenant + "/" + Accounts.AVAILABLE + "/" + amount.currencyCode(),
                change,
                tenant,
                amount.currencyCode(),
                amount.minorUnits());
    }

    /** What was kept of the available balance is not needed any more. */
    public static Row release(long tenant, Money amount) {
        return Row.of(
                RELEASE,
                tenant + "/" + Accounts.AVAILABLE + "/" + amount.currencyCode(),
                tenant,
                amount.currencyCode(),
                amount.minorUnits());
    }

    /** The rows that write a posting and move both balances. */
    static List<Row> rows(long tenant, UUID id, Posting posting) {
        long amount = posting.amount().minorUnits();
        String currency = posting.amount().currencyCode();
        List<Row> rows = new ArrayList<>();
        rows.add(
                Row.of(
                        POSTING,
                        tenant + "/" + posting.operation(),
                        tenant,
                        id,
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
