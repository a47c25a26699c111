package io.oqim.payment;

import io.oqim.bank.BankOperation;
import java.util.Locale;

/** What an operation does. */
enum OperationKind {
    AUTHORIZE,
    SALE,
    CAPTURE,
    VOID,
    REFUND,
    ADJUST;

    /** Whether it opens a payment; the others change one that exists. */
    boolean opens() {
        return switch (this) {
            case AUTHORIZE, SALE -> true;
            case CAPTURE, VOID, REFUND, ADJUST -> false;
        };
    }

    /** Whether it takes money from the customer. */
    boolean debits() {
        return this == SALE || this == CAPTURE;
    }

    /** What a bank is asked for it. */
    BankOperation atTheBank() {
        return switch (this) {
            case AUTHORIZE -> BankOperation.AUTHORIZE;
            case SALE -> BankOperation.SALE;
            case CAPTURE -> BankOperation.CAPTURE;
            case VOID -> BankOperation.VOID;
            case REFUND -> BankOperation.REFUND;
            case ADJUST -> BankOperation.ADJUST;
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static OperationKind parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
