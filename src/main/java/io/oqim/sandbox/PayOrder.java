package io.oqim.sandbox;

/**
 * The request for a new payment.
 *
 * @param capture the money is debited at once: a sale
 */
record PayOrder(String reference, Amount amount, boolean capture, Card card, Origin origin) {
    OperationKind kind() {
        return capture ? OperationKind.SALE : OperationKind.AUTHORIZE;
    }

    /** The same, for another amount. */
    PayOrder of(Amount other) {
        return new PayOrder(reference, other, capture, card, origin);
    }
}
