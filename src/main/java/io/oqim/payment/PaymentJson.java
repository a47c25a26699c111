package io.oqim.payment;

import io.oqim.http.Json;
import io.oqim.store.TypeId;
import io.oqim.vault.CardJson;
import jakarta.json.stream.JsonGenerator;
import java.util.Optional;

/** Payments as the API, the events and the webhooks show them: one form, written once. */
final class PaymentJson {
    private PaymentJson() {}

    static byte[] bytes(Payment payment) {
        return Json.bytes(out -> write(out, payment));
    }

    static void write(JsonGenerator out, Payment payment) {
        out.writeStartObject();
        out.write("id", TypeId.text("pay", payment.id()));
        out.write("object", "payment");
        out.write("status", payment.status().text());
        out.write("amount", payment.amount().minorUnits());
        out.write("currency", payment.amount().currencyCode());
        Amounts amounts = payment.amounts();
        out.write("amount_authorized", amounts.authorized());
        out.write("amount_captured", amounts.captured());
        out.write("amount_refunded", amounts.refunded());
        out.write("amount_disputed", amounts.disputed().amount());
        out.write("amount_capturable", amounts.capturable());
        out.write("amount_refundable", amounts.refundable());
        out.write("amount_fee", amounts.fees().charged() - amounts.fees().returned());
        out.write("capture_method", payment.captureMethod().text());
        Json.optional(out, "reference", payment.details().reference());
        Json.optional(out, "description", payment.details().description());
        instrument(out, payment.instrument(), payment.amounts());
        out.write("bank", payment.bank());
        outcome(out, payment.outcome());
        Json.optional(out, "review", payment.review().map(Review::text));
        Json.optional(
                out,
                "authorized_until",
                payment.authorizedUntil()
                        .filter(until -> payment.status().holds())
                        .map(Json::time));
        out.writeStartObject("metadata");
        payment.details().metadata().forEach(out::write);
        out.writeEnd();
        out.write("test", payment.test());
        out.write("created", Json.time(payment.created()));
        out.write("updated", Json.time(payment.updated()));
        out.write("version", payment.version());
        out.writeEnd();
    }

    private static void instrument(JsonGenerator out, Instrument instrument, Amounts amounts) {
        out.writeStartObject("payment_method");
        switch (instrument) {
            case Instrument.OfCard of -> {
                out.write("type", "card");
                CardJson.write(out, of.card());
                // What is saved can be paid with once the bank has approved this payment.
                Json.optional(
                        out,
                        "token",
                        of.token()
                                .filter(token -> !of.saved() || amounts.authorized() > 0)
                                .map(token -> TypeId.text("tok", token)));
            }
            case Instrument.OfBank of -> out.write("type", "bank_token");
        }
        out.writeEnd();
    }

    private static void outcome(JsonGenerator out, Payment.Outcome outcome) {
        if (outcome.decline().isPresent()) {
            Decline decline = outcome.decline().get();
            out.writeStartObject("decline");
            out.write("code", decline.code());
            out.write("kind", decline.kind());
            Json.optional(
                    out,
                    "bank_code",
                    Optional.of(decline.bankCode()).filter(code -> !code.isEmpty()));
            out.write("message", decline.message());
            out.writeEnd();
        } else {
            out.writeNull("decline");
        }
        if (outcome.failure().isPresent()) {
            out.writeStartObject("failure");
            out.write("code", outcome.failure().get().code());
            out.write("message", outcome.failure().get().message());
            out.writeEnd();
        } else {
            out.writeNull("failure");
        }
        if (outcome.redirect().isPresent()) {
            out.writeStartObject("next_action");
            out.write("type", "redirect");
            out.write("url", outcome.redirect().get());
            out.writeEnd();
        } else {
            out.writeNull("next_action");
        }
        if (outcome.inDoubt().isPresent()) {
            InDoubt doubt = outcome.inDoubt().get();
            out.writeStartObject("in_doubt");
            out.write("since", Json.time(doubt.since()));
            out.write("resolve_by", Json.time(doubt.resolveBy()));
            out.write("operation", TypeId.text("op", doubt.operation()));
            out.writeEnd();
        } else {
            out.writeNull("in_doubt");
        }
    }
}
