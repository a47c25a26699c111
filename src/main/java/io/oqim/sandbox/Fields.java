package io.oqim.sandbox;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, read by name; every mistake names the field. */
final class Fields {
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");

    private final JsonObject object;
    private final String path;
    private final Set<String> asked = new HashSet<>();

    private Fields(JsonObject object, String path) {
        this.object = object;
        this.path = path;
    }

    static Fields of(byte[] body) {
        return of(read(body), "");
    }

    static Fields of(JsonValue value, String path) {
        if (value instanceof JsonObject object) {
            return new Fields(object, path);
        }
        String name = path.isEmpty() ? "the body" : path;
        throw Refusal.badType(name, "an object");
    }

    static JsonValue read(byte[] body) {
        return JsonText.parse(body)
                .map(JsonValue.class::cast)
                .orElseThrow(() -> new Refusal(400, "invalid_json", "the body is not JSON", null));
    }

    String text(String name, int maxLength) {
        return optionalText(name, maxLength).orElseThrow(() -> missing(name));
    }

    Optional<String> optionalText(String name, int maxLength) {
        JsonValue value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof JsonString string)) {
            throw Refusal.badType(path + name, "text");
        }
        String text = string.getString();
        if (text.isEmpty() || text.length() > maxLength) {
            throw badValue(name, "1 to " + maxLength + " characters long");
        }
        return Optional.of(text);
    }

    /** Text that may be empty, and is when it is not there. */
    String textOrEmpty(String name, int maxLength) {
        boolean isEmpty = value(name) instanceof JsonString text && text.getString().isEmpty();
        return isEmpty ? "" : optionalText(name, maxLength).orElse("");
    }

    long whole(String name, long least, long most) {
        return optionalWhole(name, least, most).orElseThrow(() -> missing(name));
    }

    Optional<Long> optionalWhole(String name, long least, long most) {
        JsonValue value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        // 1.0 and 1e3 are no integers here: an amount has one way to be written.
        if (!(value instanceof JsonNumber number)
                || !INTEGER.matcher(number.toString()).matches()) {
            throw Refusal.badType(path + name, "an integer");
        }
        boolean fits = number.bigIntegerValue().bitLength() < Long.SIZE;
        if (!fits || number.longValue() < least || number.longValue() > most) {
            throw badValue(name, "from " + least + " to " + most);
        }
        return Optional.of(number.longValue());
    }

    Optional<Double> optionalNumber(String name, double least, double most) {
        JsonValue value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof JsonNumber number)) {
            throw Refusal.badType(path + name, "a number");
        }
        if (!(number.doubleValue() >= least && number.doubleValue() <= most)) {
            throw badValue(name, "from " + least + " to " + most);
        }
        return Optional.of(number.doubleValue());
    }

    /** False when it is not there. */
    boolean optionalFlag(String name) {
        return value(name) != null && flag(name);
    }

    boolean flag(String name) {
        JsonValue value = value(name);
        if (value == null) {
            throw missing(name);
        }
        return switch (value.getValueType()) {
            case TRUE -> true;
            case FALSE -> false;
            case ARRAY, OBJECT, STRING, NUMBER, NULL ->
                    throw Refusal.badType(path + name, "true or false");
        };
    }

    Fields object(String name) {
        JsonValue value = value(name);
        if (value == null) {
            throw missing(name);
        }
        if (!(value instanceof JsonObject member)) {
            throw Refusal.badType(path + name, "an object");
        }
        return new Fields(member, path + name + ".");
    }

    List<JsonValue> list(String name) {
        JsonValue value = value(name);
        if (value instanceof JsonArray array) {
            return array;
        }
        throw value == null ? missing(name) : Refusal.badType(path + name, "a list");
    }

    /** Empty when it is not there. */
    List<JsonValue> optionalList(String name) {
        return value(name) == null ? List.of() : list(name);
    }

    /** Refuses fields that nobody asked for. */
    void refuseOthers() {
        for (String name : object.keySet()) {
            if (!asked.contains(name)) {
                String field = path + name;
                throw new Refusal(400, "unknown_field", field + " is not a known field", field);
            }
        }
    }

    Refusal missing(String name) {
        return new Refusal(400, "missing_field", path + name + " is missing", path + name);
    }

    Refusal badValue(String name, String wanted) {
        return Refusal.badValue(path + name, wanted);
    }

    private @Nullable JsonValue value(String name) {
        asked.add(name);
        JsonValue value = object.get(name);
        return value == null || value.getValueType() == JsonValue.ValueType.NULL ? null : value;
    }
}
