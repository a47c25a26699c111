package io.oqim.sandbox;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import org.jspecify.annotations.Nullable;

/** A request that cannot be understood or used; nothing happened. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String text;
    private final @Nullable String field;

    Refusal(int status, String code, String text, @Nullable String field) {
        super(text);
        this.status = status;
        this.code = code;
        this.text = text;
        this.field = field;
    }

    /** What the bank answers anyway, thrown where a call cannot answer by itself. */
    static Refusal of(Answer.Refused refused) {
        return new Refusal(refused.status(), refused.code(), refused.message(), null);
    }

    static Refusal badType(String field, String wanted) {
        return new Refusal(400, "invalid_type", field + " must be " + wanted, field);
    }

    static Refusal badValue(String field, String wanted) {
        return new Refusal(422, "invalid_value", field + " must be " + wanted, field);
    }

    int status() {
        return status;
    }

    JsonObject body() {
        JsonObjectBuilder body = JsonText.object().add("code", code).add("message", text);
        JsonText.addIfPresent(body, "field", field);
        return body.build();
    }
}
