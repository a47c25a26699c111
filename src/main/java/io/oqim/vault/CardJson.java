package io.oqim.vault;

import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import jakarta.json.stream.JsonGenerator;

/** Cards as callers write them and read them. */
public final class CardJson {
    private CardJson() {}

    /**
     * The card of a request; what else its object may have is the caller's to read.
     *
     * @throws Refusal that names the field
     */
    public static PlainCard read(JsonFields card) {
        String number = card.text("number", 40).replace(" ", "");
        if (!isNumber(number)) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_number",
                            card.at("number"),
                            "It is not a card number: check its digits."));
        }
        return new PlainCard(
                number,
                bounded(card, "exp_month", 1, 12),
                bounded(card, "exp_year", 2000, 2099),
                card.optionalText("holder_name", 100));
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

    /** Whether it is 12 to 19 digits, the last of them right. */
    public static boolean isNumber(String text) {
        return text.matches("[0-9]{12,19}") && luhn(text);
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

    /** What may be shown: first six and last four digits, never more (PCI DSS 3.4.1). */
    public static void write(JsonGenerator out, Card card) {
        out.writeStartObject("card");
        out.write("brand", card.brand());
        out.write("first6", card.first6());
        out.write("last4", card.last4());
        out.write("exp_month", card.expMonth());
        out.write("exp_year", card.expYear());
        out.writeEnd();
    }
}
