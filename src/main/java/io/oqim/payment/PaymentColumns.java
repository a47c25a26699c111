package io.oqim.payment;

import io.oqim.http.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.stream.JsonGenerator;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The columns that hold JSON. */
final class PaymentColumns {
    private PaymentColumns() {}

    static String metadata(Map<String, String> metadata) {
        return object(out -> new TreeMap<>(metadata).forEach(out::write));
    }

    static Map<String, String> metadata(String json) {
        Map<String, String> metadata = new LinkedHashMap<>();
        Json.trusted(json)
                .forEach((name, value) -> metadata.put(name, ((JsonString) value).getString()));
        return metadata;
    }

    static String customer(Details.Customer customer) {
        return object(
                out -> {
                    customer.id().ifPresent(id -> out.write("id", id));
                    customer.email().ifPresent(email -> out.write("email", email));
                    customer.ip().ifPresent(ip -> out.write("ip", ip));
                    customer.country().ifPresent(country -> out.write("country", country));
                });
    }

    static Details.Customer customer(String json) {
        JsonObject object = Json.trusted(json);
        return new Details.Customer(
                text(object, "id"),
                text(object, "email"),
                text(object, "ip"),
                text(object, "country"));
    }

    static String decline(Decline decline) {
        return object(
                out -> {
                    out.write("code", decline.code());
                    out.write("kind", decline.kind());
                    out.write("bank_code", decline.bankCode());
                    out.write("message", decline.message());
                });
    }

    static Decline decline(String json) {
        JsonObject object = Json.trusted(json);
        return new Decline(
                object.getString("code"),
                object.getString("kind"),
                object.getString("bank_code"),
                object.getString("message"));
    }

    static String failure(Failure failure) {
        return object(
                out -> {
                    out.write("code", failure.code());
                    out.write("message", failure.message());
                });
    }

    static Failure failure(String json) {
        JsonObject object = Json.trusted(json);
        return new Failure(object.getString("code"), object.getString("message"));
    }

    static String redirect(String url) {
        return object(out -> out.write("url", url));
    }

    static String redirectUrl(String json) {
        return Json.trusted(json).getString("url");
    }

    private static Optional<String> text(JsonObject object, String name) {
        return Optional.ofNullable(object.getString(name, null));
    }

    private static String object(Consumer<JsonGenerator> fields) {
        byte[] json =
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            fields.accept(out);
                            out.writeEnd();
                        });
        return new String(json, StandardCharsets.UTF_8);
    }
}
