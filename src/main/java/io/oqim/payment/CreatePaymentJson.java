package io.oqim.payment;

import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.money.Money;
import io.oqim.store.TypeId;
import io.oqim.vault.CardJson;
import io.oqim.vault.PlainCard;
import jakarta.json.stream.JsonGenerator;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reads and checks the body of {@code POST /v1/payments}. */
final class CreatePaymentJson {
    private static final int METADATA_ENTRIES = 50;
    private static final int METADATA_NAME = 40;
    private static final int METADATA_VALUE = 500;

    private CreatePaymentJson() {}

    /**
     * The request, checked in all that does not change with time.
     *
     * @param cards whether cards are taken here
     * @throws Refusal that names the field
     */
    static CreatePayment read(JsonFields body, boolean cards) {
        Money amount = amount(body);
        CaptureMethod method =
                body.optionalChoice("capture_method", List.of("automatic", "manual"))
                        .map(CaptureMethod::parse)
                        .orElse(CaptureMethod.AUTOMATIC);
        PaymentMethod paidWith = paymentMethod(body.object("payment_method"), cards);
        Details.Customer customer =
                body.optionalObject("customer")
                        .map(CreatePaymentJson::customer)
                        .orElseGet(
                                () ->
                                        new Details.Customer(
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty()));
        Details details =
                new Details(
                        body.optionalText("reference", 100),
                        body.optionalText("description", 500),
                        body.optionalObject("metadata")
                                .map(m -> m.texts(METADATA_ENTRIES, METADATA_NAME, METADATA_VALUE))
                                .orElse(Map.of()),
                        customer,
                        body.optionalText("return_url", 2000).map(url -> url(body, url)));
        body.end();
        return new CreatePayment(amount, method, paidWith, details);
    }

    private static Money amount(JsonFields body) {
        long minorUnits = body.integer("amount");
        if (minorUnits < 1 || minorUnits > Money.MOST) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_amount",
                            body.at("amount"),
                            "An amount is 1 to " + Money.MOST + " minor units of its currency."));
        }
        String code = body.text("currency", 20);
        Currency currency =
                Money.currency(code)
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                Problem.refused(
                                                        "unknown_currency",
                                                        body.at("currency"),
                                                        "It must be an ISO 4217 code in capitals, such as UZS.")));
        return new Money(minorUnits, currency);
    }

    private static PaymentMethod paymentMethod(JsonFields method, boolean cards) {
        String type = method.text("type", 20);
        if (!cards && List.of("card", "token").contains(type)) {
            throw new Refusal(
                    Problem.refused(
                            "cards_not_accepted",
                            method.at("type"),
                            "Cards are not taken here, nor kept: pay by a token of a bank."));
        }
        return switch (type) {
            case "card" -> card(method);
            case "token" -> token(method);
            case "bank_token" -> bankToken(method);
            default ->
                    throw new Refusal(
                            Problem.refused(
                                    "unknown_payment_method",
                                    method.at("type"),
                                    "The known payment methods are: card, token, bank_token."));
        };
    }

    private static PaymentMethod bankToken(JsonFields method) {
        String bank = method.text("bank", 20);
        String token = method.text("token", 255);
        method.end();
        if (!token.matches("[!-~]*")) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            method.at("token"),
                            "It must be printable ASCII without spaces."));
        }
        if (CardJson.isNumber(token.replaceAll("[-._:/]", ""))) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            method.at("token"),
                            "It must not be a card number: no card is told here."));
        }
        return new PaymentMethod.OfBank(bank, token);
    }

    private static PaymentMethod card(JsonFields method) {
        JsonFields card = method.object("card");
        boolean save = method.flag("save", false);
        method.end();
        PlainCard plain = CardJson.read(card);
        Optional<String> cvc = cvc(card);
        card.end();
        return new PaymentMethod.InClear(plain, cvc, save);
    }

    private static PaymentMethod token(JsonFields method) {
        UUID token =
                TypeId.parse("tok", method.text("token", 100))
                        .orElseThrow(() -> new Refusal(unknownToken()));
        Optional<String> cvc = cvc(method);
        method.end();
        return new PaymentMethod.Kept(token, cvc);
    }

    private static Optional<String> cvc(JsonFields fields) {
        Optional<String> cvc = fields.optionalText("cvc", 10);
        if (cvc.isPresent() && !cvc.get().matches("\\d{3,4}")) {
            throw new Refusal(
                    Problem.refused("invalid_cvc", fields.at("cvc"), "It must be 3 or 4 digits."));
        }
        return cvc;
    }

    private static Details.Customer customer(JsonFields customer) {
        Optional<String> country = customer.optionalText("country", 10);
        if (country.isPresent() && !country.get().matches("[A-Z]{2}")) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_country",
                            customer.at("country"),
                            "It must be an ISO 3166-1 code of two capitals."));
        }
        Optional<String> ip = customer.optionalText("ip", 45);
        if (ip.isPresent() && !address(ip.get())) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_ip",
                            customer.at("ip"),
                            "It must be an IPv4 or IPv6 address."));
        }
        Details.Customer details =
                new Details.Customer(
                        customer.optionalText("id", 100),
                        customer.optionalText("email", 254),
                        ip,
                        country);
        customer.end();
        return details;
    }

    private static boolean address(String text) {
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return false;
        }
        try {
            // Reads literals only: no name is ever looked up.
            return !InetAddress.ofLiteral(text).isAnyLocalAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String url(JsonFields body, String text) {
        try {
            URI url = new URI(text);
            if (("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                    && url.getHost() != null) {
                return text;
            }
        } catch (URISyntaxException e) {
            // refused below
        }
        throw new Refusal(
                Problem.refused(
                        "invalid_url",
                        body.at("return_url"),
                        "It must be an absolute http or https URL."));
    }

    /** The card is past its month. Not judged in reading: a retry may come after it. */
    static Problem expired(String param) {
        return Problem.refused("card_expired", param, "The card has expired.");
    }

    /** It is none, serves the other mode, or gives no tokens. */
    static Problem unknownBank() {
        return Problem.refused(
                "unknown_bank",
                "payment_method.bank",
                "There is no such bank for this key, or it takes no tokens.");
    }

    /** Nobody learns whether it is another tenant's. */
    static Problem unknownToken() {
        return Problem.refused(
                "unknown_token",
                "payment_method.token",
                "There is no such token, or the payment that it was saved with is not approved.");
    }

    /**
     * The request in one form whatever way it was written, for its fingerprint. Without the CVC: it
     * must not be kept in any form, and a retry need not repeat it.
     */
    static byte[] canonical(CreatePayment request) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("route", "POST /v1/payments");
                    out.write("amount", request.amount().minorUnits());
                    out.write("currency", request.amount().currencyCode());
                    out.write("capture_method", request.captureMethod().text());
                    method(out, request.method());
                    details(out, request.details());
                    out.writeEnd();
                });
    }

    private static void method(JsonGenerator out, PaymentMethod method) {
        switch (method) {
            case PaymentMethod.InClear clear -> {
                out.write("number", clear.card().number());
                out.write("exp_month", clear.card().expMonth());
                out.write("exp_year", clear.card().expYear());
                Json.optional(out, "holder_name", clear.card().holderName());
                // Left out where it is not asked for: so were requests of versions before.
                if (clear.save()) {
                    out.write("save", true);
                }
            }
            case PaymentMethod.Kept kept -> out.write("token", kept.token().toString());
            case PaymentMethod.OfBank of -> {
                out.write("bank", of.bank());
                out.write("bank_token", of.token());
            }
        }
    }

    private static void details(JsonGenerator out, Details details) {
        Json.optional(out, "reference", details.reference());
        Json.optional(out, "description", details.description());
        Json.optional(out, "return_url", details.returnUrl());
        Json.optional(out, "customer_id", details.customer().id());
        Json.optional(out, "customer_email", details.customer().email());
        Json.optional(out, "customer_ip", details.customer().ip());
        Json.optional(out, "customer_country", details.customer().country());
        out.writeStartObject("metadata");
        new java.util.TreeMap<>(details.metadata()).forEach(out::write);
        out.writeEnd();
    }
}
