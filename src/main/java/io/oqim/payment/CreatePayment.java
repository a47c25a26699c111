package io.oqim.payment;

import io.oqim.bank.CardDetails;
import io.oqim.money.Money;
import java.time.YearMonth;

/** A request for a payment, checked. */
record CreatePayment(Money amount, CaptureMethod captureMethod, CardDetails card, Details details) {
    /** Whether the card is past its month. Not judged in reading: a retry may come after it. */
    boolean cardExpired(YearMonth now) {
        return YearMonth.of(card.expYear(), card.expMonth()).isBefore(now);
    }

    OperationKind kind() {
        return captureMethod == CaptureMethod.AUTOMATIC
                ? OperationKind.SALE
                : OperationKind.AUTHORIZE;
    }
}
