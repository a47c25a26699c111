package io.oqim.ledger;

/**
 * The chart: the accounts of one tenant. A debit is value that an account receives, a credit value
 * that it gives; what Oqim owes has more credits, what it is owed more debits.
 */
public final class Accounts {
    /** What the merchant is owed and cannot have yet. */
    public static final String PENDING = "merchant:payable:pending";

    /** What the merchant is owed now; below zero, what he owes. */
    public static final String AVAILABLE = "merchant:payable:available";

    /** What Oqim has earned. */
    public static final String FEES = "fees";

    /** What went back to customers; balanced when it was charged to the merchant. */
    public static final String REFUNDS = "refunds";

    /** What banks took back for their customers; balanced when it was charged to the merchant. */
    public static final String DISPUTES = "disputes";

    /** Money that came and belongs to nobody here; it goes back. */
    public static final String SUSPENSE = "suspense";

    private Accounts() {}

    /** What a bank owes. */
    public static String receivable(String bank) {
        return "bank:" + bank + ":receivable";
    }
}
