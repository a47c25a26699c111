package io.oqim.bench.spring;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** What a merchant sees. */
record Payment(
        UUID id,
        String status,
        long amount,
        String currency,
        Method paymentMethod,
        String reference,
        String bankReference,
        String authCode,
        Instant created,
        Instant updated) {
    record Method(String type, Card card) {}

    record Card(String first6, String last4, int expMonth, int expYear) {}

    static Payment processing(PaymentRequest request) {
        PaymentRequest.Card card = request.card();
        Instant now = now();
        return new Payment(
                UUID.randomUUID(),
                "processing",
                request.amount(),
                request.currency(),
                new Method(
                        "card",
                        new Card(card.first6(), card.last4(), card.expMonth(), card.expYear())),
                request.reference(),
                null,
                null,
                now,
                now);
    }

    Payment captured(Bank.Sale sale) {
        return new Payment(
                id,
                "captured",
                amount,
                currency,
                paymentMethod,
                reference,
                sale.bankReference(),
                sale.authCode(),
                created,
                now());
    }

    /** 1 %, and not less than 1. */
    long fee() {
        return Math.max(1, amount / 100);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
