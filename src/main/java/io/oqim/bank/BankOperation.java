package io.oqim.bank;

/** What can be asked of a bank that moves money. */
public enum BankOperation {
    AUTHORIZE,
    SALE,
    CAPTURE,
    VOID,
    REFUND,
    ADJUST
}
