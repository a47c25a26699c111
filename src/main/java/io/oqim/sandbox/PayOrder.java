package io.oqim.sandbox;

/**
 * The request for a new payment.
 *
 * @param capture the money is debited at once: a sale
 * @param challenge its holder has to prove who they are, whatever the card
 */
record PayOrder(
        String reference,
        Amount amount,
        boolean capture,
        boolean challenge,
        Card card,
        Origin origin) {
    OperationKind kind() {
        return capture ? OperationKind.SALE : OperationKind.AUTHORIZE;
    }

    /** The same, for another amount. */
    PayOrder of(Amount other) {
        return new PayOrder(reference, other, capture, challenge, card, origin);
    }
}
