package io.oqim.payment;

import io.oqim.bank.CardDetails;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.money.Money;
import jakarta.json.stream.JsonGenerator;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and checks the body of {@code POST /v1/payments}. */
final class CreatePaymentJson {
    private static final int METADATA_ENTRIES = 50;
    private static final int METADATA_NAME = 40;
    private static final int METADATA_VALUE = 500;

    private CreatePaymentJson() {}

    /**
     * The request, checked in all that does not change with time.
     *
     * @throws Refusal that names the field
     */
    static CreatePayment read(JsonFields body) {
        Money amount = amount(body);
        CaptureMethod method =
                body.optionalChoice("capture_method", List.of("automatic", "manual"))
                        .map(CaptureMethod::parse)
                        .orElse(CaptureMethod.AUTOMATIC);
        CardDetails card = paymentMethod(body.object("payment_method"));
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
        return new CreatePayment(amount, method, card, details);
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

    private static CardDetails paymentMethod(JsonFields method) {
        String type = method.text("type", 20);
        if (!type.equals("card")) {
            throw new Refusal(
                    Problem.refused(
                            "unknown_payment_method",
                            method.at("type"),
                            "The known payment method is: card."));
        }
        JsonFields card = method.object("card");
        method.end();
        String number = card.text("number", 40).replace(" ", "");
        if (!number.matches("\\d{12,19}") || !luhn(number)) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_number",
                            card.at("number"),
                            "It is not a card number: check its digits."));
        }
        int month = bounded(card, "exp_month", 1, 12);
        int year = bounded(card, "exp_year", 2000, 2099);
        Optional<String> cvc = card.optionalText("cvc", 10);
        if (cvc.isPresent() && !cvc.get().matches("\\d{3,4}")) {
            throw new Refusal(
                    Problem.refused("invalid_cvc", card.at("cvc"), "It must be 3 or 4 digits."));
        }
        CardDetails details =
                new CardDetails(number, month, year, cvc, card.optionalText("holder_name", 100));
        card.end();
        return details;
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

    private static int bounded(JsonFields fields, String name, int least, int most) {
        long value = fields.integer(name);
        if (value < least || value > most) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_expiry",
                            fields.at(name),
                            "It must be from " + least + " to " + most + "."));
        }
        return (int) value;
    }

    /** The card is past its month. Not judged in reading: a retry may come after it. */
    static Problem expired() {
        return Problem.refused(
                "card_expired", "payment_method.card.exp_year", "The card has expired.");
    }

    /** The check digit of ISO/IEC 7812-1 annex B. */
    static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighed = i % 2 == 0 ? digit : digit * 2;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }
        return sum % 10 == 0;
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
                    CardDetails card = request.card();
                    out.write("number", card.number());
                    out.write("exp_month", card.expMonth());
                    out.write("exp_year", card.expYear());
                    PaymentJson.optional(out, "holder_name", card.holderName());
                    details(out, request.details());
                    out.writeEnd();
                });
    }

    private static void details(JsonGenerator out, Details details) {
        PaymentJson.optional(out, "reference", details.reference());
        PaymentJson.optional(out, "description", details.description());
        PaymentJson.optional(out, "return_url", details.returnUrl());
        PaymentJson.optional(out, "customer_id", details.customer().id());
        PaymentJson.optional(out, "customer_email", details.customer().email());
        PaymentJson.optional(out, "customer_ip", details.customer().ip());
        PaymentJson.optional(out, "customer_country", details.customer().country());
        out.writeStartObject("metadata");
        new java.util.TreeMap<>(details.metadata()).forEach(out::write);
        out.writeEnd();
    }
}
