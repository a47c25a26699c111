package io.oqim.payment;

import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The body of a request for a payment, field by field; values are JSON as it is sent. */
final class RequestBody {
    private final Map<String, String> top = new LinkedHashMap<>();
    private final Map<String, String> method = new LinkedHashMap<>();
    private final Map<String, String> card = new LinkedHashMap<>();

    /** With what is required, and nothing else. */
    RequestBody() {
        top.put("amount", "125000");
        top.put("currency", "\"UZS\"");
        method.put("type", "\"card\"");
        card.put("number", "\"4242424242424242\"");
        card.put("exp_month", "12");
        card.put("exp_year", "2030");
    }

    /** With another value of a field, such as {@code payment_method.card.cvc}. */
    RequestBody with(String path, String json) {
        fields(path).put(path.substring(path.lastIndexOf('.') + 1), json);
        return this;
    }

    RequestBody without(String path) {
        fields(path).remove(path.substring(path.lastIndexOf('.') + 1));
        return this;
    }

    private Map<String, String> fields(String path) {
        if (path.startsWith("payment_method.card.")) {
            return card;
        }
        return path.startsWith("payment_method.") ? method : top;
    }

    String json() {
        Map<String, String> all = new LinkedHashMap<>(top);
        if (!all.containsKey("payment_method")) {
            Map<String, String> withCard = new LinkedHashMap<>(method);
            withCard.putIfAbsent("card", object(card));
            all.put("payment_method", object(withCard));
        }
        return object(all);
    }

    JsonFields fields() {
        return Json.object(json().getBytes(StandardCharsets.UTF_8));
    }

    private static String object(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
