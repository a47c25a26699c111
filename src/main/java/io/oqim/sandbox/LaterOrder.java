package io.oqim.sandbox;

/**
 * The request to capture, void, refund or adjust a payment.
 *
 * @param payment the bank's reference of it
 * @param amount {@link Amount#NOTHING} for a void, which takes what is left
 */
record LaterOrder(OperationKind kind, String payment, String reference, Amount amount) {
    /** The same, for another amount. */
    LaterOrder of(Amount other) {
        return new LaterOrder(kind, payment, reference, other);
    }
}
