package io.oqim.sandbox;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.YearMonth;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the requests of the bank protocol. */
final class Orders {
    private static final int MAX_REFERENCE = 64;
    private static final int MAX_NUMBER = 19;
    private static final int MAX_CVC = 4;
    private static final int MAX_NAME = 200;
    private static final int MAX_URL = 2048;
    private static final int MAX_TOKEN = 100;
    private static final int MAX_FIRST6 = 6;
    private static final int MAX_CURRENCY = 3;
    private static final int MONTHS = 12;
    private static final int FIRST_YEAR = 2000;
    private static final int LAST_YEAR = 2099;
    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Pattern CVC = Pattern.compile("[0-9]{3,4}");
    private static final Pattern FIRST6 = Pattern.compile("[0-9]{6}");

    private Orders() {}

    static PayOrder pay(Fields fields) {
        String reference = reference(fields);
        Amount amount = amount(fields);
        boolean capture = fields.flag("capture");
        boolean challenge = fields.optionalFlag("challenge");
        Card card = paidWith(fields);
        Origin origin =
                new Origin(
                        card.first6(),
                        card.last4(),
                        url(fields, "callback_url"),
                        url(fields, "return_url"),
                        false);
        return new PayOrder(reference, amount, capture, challenge, card, origin);
    }

    static LaterOrder later(OperationKind kind, String payment, Fields fields) {
        String reference = reference(fields);
        Amount amount = kind == OperationKind.VOID ? Amount.NOTHING : amount(fields);
        return new LaterOrder(kind, payment, reference, amount);
    }

    /** Checks a risk check and returns the first six digits of its card, if it is told any. */
    static @Nullable String riskCheck(Fields fields) {
        reference(fields);
        amount(fields);
        String first6 = fields.optionalText("card_first6", MAX_FIRST6).orElse(null);
        if (first6 != null && !FIRST6.matcher(first6).matches()) {
            throw Refusal.badValue("card_first6", "six digits");
        }
        fields.optionalText("customer_ip", MAX_REFERENCE);
        return first6;
    }

    static String reference(Fields fields) {
        return reference(fields.text("reference", MAX_REFERENCE));
    }

    static String reference(String text) {
        if (!REFERENCE.matcher(text).matches()) {
            throw Refusal.badValue("reference", "1 to 64 of A-Z a-z 0-9 . _ : -");
        }
        return text;
    }

    private static Amount amount(Fields fields) {
        long minorUnits = fields.whole("amount", 1, Amount.MAX_MINOR_UNITS);
        String currency = fields.text("currency", MAX_CURRENCY);
        if (!CURRENCY.matcher(currency).matches()) {
            throw Refusal.badValue("currency", "three capital letters");
        }
        return new Amount(minorUnits, currency);
    }

    private static Card paidWith(Fields fields) {
        Optional<String> token = fields.optionalText("token", MAX_TOKEN);
        if (token.isEmpty()) {
            return card(fields);
        }
        return Card.ofToken(token.get())
                .orElseThrow(() -> Refusal.badValue("token", "a token of this bank"));
    }

    /** The card of a request that has one. */
    static Card card(Fields fields) {
        return numbered(fields.object("card"));
    }

    private static Card numbered(Fields card) {
        String number = card.text("number", MAX_NUMBER);
        if (!Card.isNumber(number)) {
            throw Refusal.badValue("card.number", "a card number");
        }
        long month = card.whole("exp_month", 1, MONTHS);
        long year = card.whole("exp_year", FIRST_YEAR, LAST_YEAR);
        Optional<String> cvc = card.optionalText("cvc", MAX_CVC);
        if (cvc.isPresent() && !CVC.matcher(cvc.get()).matches()) {
            throw Refusal.badValue("card.cvc", "three or four digits");
        }
        card.optionalText("holder_name", MAX_NAME);
        return Card.of(number, YearMonth.of((int) year, (int) month));
    }

    private static @Nullable String url(Fields fields, String name) {
        String text = fields.optionalText(name, MAX_URL).orElse(null);
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null) {
                return text;
            }
        } catch (URISyntaxException e) {
            // Refused below, like any other text that is no address.
        }
        throw Refusal.badValue(name, "an absolute http or https address");
    }
}
