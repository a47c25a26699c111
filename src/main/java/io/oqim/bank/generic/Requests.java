package io.oqim.bank.generic;

import io.oqim.bank.Authorize;
import io.oqim.bank.BankToken;
import io.oqim.bank.CardDetails;
import io.oqim.bank.RiskQuestion;
import io.oqim.bank.Source;
import io.oqim.money.Money;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/** The protocol's requests as JSON. */
final class Requests {
    private static final JsonGeneratorFactory GENERATORS =
            JsonProvider.provider().createGeneratorFactory(Map.of());

    private Requests() {}

    static byte[] authorize(Authorize request, String reference) {
        return object(
                out -> {
                    money(out, reference, request.amount());
                    out.write("capture", request.capture());
                    if (request.challenge()) {
                        out.write("challenge", true);
                    }
                    source(out, request.source());
                    request.callbackUrl().ifPresent(url -> out.write("callback_url", url));
                    request.returnUrl().ifPresent(url -> out.write("return_url", url));
                });
    }

    static byte[] amount(String reference, Money amount) {
        return object(out -> money(out, reference, amount));
    }

    static byte[] reference(String reference) {
        return object(out -> out.write("reference", reference));
    }

    static byte[] risk(RiskQuestion question, String reference) {
        return object(
                out -> {
                    money(out, reference, question.amount());
                    question.cardFirst6().ifPresent(digits -> out.write("card_first6", digits));
                    question.customerIp().ifPresent(ip -> out.write("customer_ip", ip));
                });
    }

    private static void money(JsonGenerator out, String reference, Money amount) {
        out.write("reference", reference);
        out.write("amount", amount.minorUnits());
        out.write("currency", amount.currencyCode());
    }

    private static void source(JsonGenerator out, Source source) {
        switch (source) {
            case CardDetails card -> card(out, card);
            case BankToken token -> out.write("token", token.value());
        }
    }

    private static void card(JsonGenerator out, CardDetails card) {
        out.writeStartObject("card");
        out.write("number", card.number());
        out.write("exp_month", card.expMonth());
        out.write("exp_year", card.expYear());
        card.cvc().ifPresent(cvc -> out.write("cvc", cvc));
        card.holderName().ifPresent(name -> out.write("holder_name", name));
        out.writeEnd();
    }

    static byte[] object(Consumer<JsonGenerator> fields) {
        StringWriter out = new StringWriter(512);
        try (JsonGenerator generator = GENERATORS.createGenerator(out)) {
            generator.writeStartObject();
            fields.accept(generator);
            generator.writeEnd();
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
