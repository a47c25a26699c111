package io.oqim.payment;

import io.oqim.money.Money;

/** A request for a payment, checked. */
record CreatePayment(
        Money amount, CaptureMethod captureMethod, PaymentMethod method, Details details) {
    OperationKind kind() {
        return captureMethod == CaptureMethod.AUTOMATIC
                ? OperationKind.SALE
                : OperationKind.AUTHORIZE;
    }
}
