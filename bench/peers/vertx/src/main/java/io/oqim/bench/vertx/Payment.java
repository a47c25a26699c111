package io.oqim.bench.vertx;

import io.vertx.core.json.JsonObject;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * @param approval null while it is processing
 */
record Payment(
        long tenant,
        UUID id,
        String status,
        long amount,
        String currency,
        String reference,
        String first6,
        String last4,
        Approval approval,
        OffsetDateTime created) {

    static Payment processing(long tenant, PaymentRequest request) {
        return new Payment(
                tenant,
                TimeOrderedIds.next(),
                "processing",
                request.amount(),
                request.currency(),
                request.reference(),
                request.card().first6(),
                request.card().last4(),
                null,
                OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS));
    }

    Payment captured(Approval approved) {
        return new Payment(
                tenant,
                id,
                "captured",
                amount,
                currency,
                reference,
                first6,
                last4,
                approved,
                created);
    }

    /** One per cent, and at least 1. */
    long fee() {
        return Math.max(1, amount / 100);
    }

    JsonObject toJson() {
        JsonObject json =
                new JsonObject()
                        .put("id", id.toString())
                        .put("status", status)
                        .put("amount", amount)
                        .put("currency", currency)
                        .put("reference", reference)
                        .put("card", new JsonObject().put("first6", first6).put("last4", last4))
                        .put("created", created.toString());
        if (approval != null) {
            json.put("bank_reference", approval.bankReference())
                    .put("auth_code", approval.authCode());
        }
        return json;
    }
}
