package io.oqim.merchant;

import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.money.Money;
import jakarta.json.JsonObject;
import jakarta.json.stream.JsonGenerator;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A fee schedule as JSON: the column, and what the admin API shows and takes. */
final class FeesJson {
    private static final int CURRENCIES_MOST = 200;

    private FeesJson() {}

    static Map<String, Policy.Fee> read(JsonFields body) {
        Map<String, Policy.Fee> fees = new LinkedHashMap<>();
        body.objects("fees", CURRENCIES_MOST)
                .forEach((currency, fee) -> fees.put(currency, fee(currency, fee)));
        return fees;
    }

    private static Policy.Fee fee(String currency, JsonFields fields) {
        if (Money.currency(currency).isEmpty()) {
            throw new Refusal(
                    Problem.refused(
                            "unknown_currency",
                            fields.path(),
                            "Its name must be an ISO 4217 code of money, in capitals."));
        }
        long fixed = fields.optionalInteger("fixed").orElse(0);
        long basisPoints = fields.optionalInteger("basis_points").orElse(0);
        boolean returned = fields.flag("returned", false);
        within(fields.at("fixed"), fixed, Money.MOST);
        within(fields.at("basis_points"), basisPoints, 10_000);
        fields.end();
        return new Policy.Fee(fixed, (int) basisPoints, returned);
    }

    private static void within(String path, long value, long most) {
        if (value < 0 || value > most) {
            throw new Refusal(
                    Problem.refused("invalid_value", path, "It must be from 0 to " + most + "."));
        }
    }

    static void write(JsonGenerator out, Map<String, Policy.Fee> fees) {
        out.writeStartObject();
        new TreeMap<>(fees)
                .forEach(
                        (currency, fee) -> {
                            out.writeStartObject(currency);
                            out.write("fixed", fee.fixed());
                            out.write("basis_points", fee.basisPoints());
                            out.write("returned", fee.returned());
                            out.writeEnd();
                        });
        out.writeEnd();
    }

    static String text(Map<String, Policy.Fee> fees) {
        return new String(Json.bytes(out -> write(out, fees)), StandardCharsets.UTF_8);
    }

    static Map<String, Policy.Fee> parse(String json) {
        if (json.equals("{}")) {
            return Map.of();
        }
        Map<String, Policy.Fee> fees = new LinkedHashMap<>();
        Json.trusted(json)
                .forEach(
                        (currency, value) -> {
                            JsonObject fee = value.asJsonObject();
                            fees.put(
                                    currency,
                                    new Policy.Fee(
                                            fee.getJsonNumber("fixed").longValueExact(),
                                            fee.getInt("basis_points"),
                                            fee.getBoolean("returned")));
                        });
        return fees;
    }
}
