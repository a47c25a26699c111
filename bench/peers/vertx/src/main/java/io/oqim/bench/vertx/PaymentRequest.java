package io.oqim.bench.vertx;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import java.util.regex.Pattern;

/** The body of a request, checked. */
record PaymentRequest(long amount, String currency, Card card, String reference) {
    private static final long MOST = 1_000_000_000_000L;
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{12,19}");
    private static final Pattern CVC = Pattern.compile("[0-9]{3,4}");
    private static final Pattern REFERENCE = Pattern.compile("[^\\x00]{1,100}");

    /**
     * @throws HttpException that names the field
     */
    static PaymentRequest read(JsonObject body) {
        JsonObject method = object(body, "payment_method");
        if (!"card".equals(method.getValue("type"))) {
            throw refused("type");
        }
        JsonObject card = object(method, "card");
        return new PaymentRequest(
                integer(body, "amount", 1, MOST),
                text(body, "currency", CURRENCY),
                new Card(
                        text(card, "number", NUMBER),
                        (int) integer(card, "exp_month", 1, 12),
                        (int) integer(card, "exp_year", 2000, 2099),
                        text(card, "cvc", CVC)),
                text(body, "reference", REFERENCE));
    }

    private static JsonObject object(JsonObject in, String name) {
        if (in.getValue(name) instanceof JsonObject object) {
            return object;
        }
        throw refused(name);
    }

    private static long integer(JsonObject in, String name, long least, long most) {
        Object value = in.getValue(name);
        if (value instanceof Integer || value instanceof Long) {
            long integer = ((Number) value).longValue();
            if (integer >= least && integer <= most) {
                return integer;
            }
        }
        throw refused(name);
    }

    private static String text(JsonObject in, String name, Pattern pattern) {
        if (in.getValue(name) instanceof String text && pattern.matcher(text).matches()) {
            return text;
        }
        throw refused(name);
    }

    private static HttpException refused(String name) {
        return new HttpException(422, "invalid_" + name);
    }
}
