package io.oqim.http;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The fields of a JSON object, read one by one; {@link #end} refuses those that nobody asked for.
 *
 * <p>Every method throws {@link Refusal} with the field's dotted path: 400 for what is missing,
 * unknown or of the wrong type, 422 for a value that is refused. A field that is {@code null}
 * counts as missing.
 */
public final class JsonFields {
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");

    private final JsonObject object;
    private final String path;
    private final Set<String> known = new LinkedHashSet<>();

    JsonFields(JsonObject object, String path) {
        this.object = object;
        this.path = path;
    }

    /** Whether the field is there and not null; names it as known. */
    public boolean has(String name) {
        return value(name).isPresent();
    }

    /** Text of 1 to {@code most} characters. */
    public String text(String name, int most) {
        return optionalText(name, most).orElseThrow(() -> missing(name));
    }

    public Optional<String> optionalText(String name, int most) {
        return value(name).map(value -> text(name, value, most));
    }

    /** A whole number, written as one: neither 1.0 nor 1e3. */
    public long integer(String name) {
        OptionalLong value = optionalInteger(name);
        if (value.isEmpty()) {
            throw missing(name);
        }
        return value.getAsLong();
    }

    public OptionalLong optionalInteger(String name) {
        Optional<JsonValue> value = value(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get() instanceof JsonNumber number
                && WHOLE.matcher(number.toString()).matches()) {
            return OptionalLong.of(Long.parseLong(number.toString()));
        }
        throw wrongType(name, "a whole number, written without fraction or exponent");
    }

    public boolean flag(String name, boolean standard) {
        return value(name)
                .map(
                        value ->
                                switch (value.getValueType()) {
                                    case TRUE -> true;
                                    case FALSE -> false;
                                    case ARRAY, NULL, NUMBER, OBJECT, STRING ->
                                            throw wrongType(name, "true or false");
                                })
                .orElse(standard);
    }

    /** One of the given words. */
    public Optional<String> optionalChoice(String name, List<String> words) {
        Optional<String> text = optionalText(name, 100);
        if (text.isPresent() && !words.contains(text.get())) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            at(name),
                            "It must be one of: " + String.join(", ", words) + "."));
        }
        return text;
    }

    /**
     * An array of texts: at most {@code count} of them, each of 1 to {@code lengthMost} characters.
     */
    public Optional<List<String>> optionalTexts(String name, int count, int lengthMost) {
        return value(name).map(value -> texts(name, value, count, lengthMost));
    }

    private List<String> texts(String name, JsonValue value, int count, int lengthMost) {
        if (!(value instanceof JsonArray array)) {
            throw wrongType(name, "an array of texts");
        }
        if (array.size() > count) {
            throw new Refusal(
                    Problem.refused(
                            "too_many", at(name), "It may have at most " + count + " entries."));
        }
        List<String> texts = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            texts.add(text(name + "." + i, array.get(i), lengthMost));
        }
        return texts;
    }

    public JsonFields object(String name) {
        return optionalObject(name).orElseThrow(() -> missing(name));
    }

    public Optional<JsonFields> optionalObject(String name) {
        return value(name)
                .map(
                        value -> {
                            if (value instanceof JsonObject child) {
                                return new JsonFields(child, at(name));
                            }
                            throw wrongType(name, "an object");
                        });
    }

    /**
     * An object that is read as if it were a document of its own: problems name its fields without
     * the path to it. An empty one when it is missing.
     */
    public JsonFields document(String name) {
        return optionalObject(name)
                .map(child -> new JsonFields(child.object, ""))
                .orElseGet(() -> new JsonFields(JsonValue.EMPTY_JSON_OBJECT, ""));
    }

    /** An array of objects: at most {@code most} of them. */
    public List<JsonFields> list(String name, int most) {
        if (!(value(name).orElseThrow(() -> missing(name)) instanceof JsonArray array)) {
            throw wrongType(name, "an array of objects");
        }
        if (array.size() > most) {
            throw new Refusal(
                    Problem.refused(
                            "too_many", at(name), "It may have at most " + most + " entries."));
        }
        List<JsonFields> children = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof JsonObject child)) {
                throw wrongType(name + "." + i, "an object");
            }
            children.add(new JsonFields(child, at(name + "." + i)));
        }
        return children;
    }

    /** The objects of a field that has no names of its own, by their names. */
    public Map<String, JsonFields> objects(String name, int most) {
        Map<String, JsonFields> children = new LinkedHashMap<>();
        Optional<JsonFields> parent = optionalObject(name);
        if (parent.isEmpty()) {
            return children;
        }
        JsonFields within = parent.get();
        if (within.object.size() > most) {
            throw new Refusal(
                    Problem.refused(
                            "too_many", at(name), "It may have at most " + most + " entries."));
        }
        for (String child : within.object.keySet()) {
            if (!(within.object.get(child) instanceof JsonObject object)) {
                throw within.wrongType(Json.shown(child), "an object");
            }
            children.put(child, new JsonFields(object, within.at(Json.shown(child))));
        }
        return children;
    }

    /**
     * All fields as texts, for metadata: names up to {@code nameMost}, values up to {@code
     * valueMost}.
     */
    public Map<String, String> texts(int count, int nameMost, int valueMost) {
        if (object.size() > count) {
            throw new Refusal(
                    Problem.refused(
                            "too_many", path, "It may have at most " + count + " entries."));
        }
        Map<String, String> texts = new LinkedHashMap<>();
        object.forEach(
                (name, value) -> {
                    if (name.isEmpty() || name.length() > nameMost || !storable(name)) {
                        throw new Refusal(
                                Problem.refused(
                                        "invalid_value",
                                        path,
                                        "Its names must have 1 to "
                                                + nameMost
                                                + " characters, without U+0000."));
                    }
                    texts.put(name, text(Json.shown(name), value, valueMost));
                });
        return texts;
    }

    /** Refuses fields that were not asked for. */
    public void end() {
        for (String name : object.keySet()) {
            if (!known.contains(name)) {
                throw new Refusal(
                        Problem.malformed(
                                "unknown_field",
                                at(Json.shown(name)),
                                "There is no such field here; known are: " + known()));
            }
        }
    }

    /** The dotted path of this object. */
    public String path() {
        return path;
    }

    /** The dotted path of a field of this object. */
    public String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private Optional<JsonValue> value(String name) {
        known.add(name);
        JsonValue value = object.get(name);
        return value == null || value.getValueType() == JsonValue.ValueType.NULL
                ? Optional.empty()
                : Optional.of(value);
    }

    private String text(String name, JsonValue value, int most) {
        if (!(value instanceof JsonString string)) {
            throw wrongType(name, "a text");
        }
        String text = string.getString();
        if (text.isEmpty() || text.length() > most) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_length",
                            at(name),
                            "It must have 1 to " + most + " characters."));
        }
        if (!storable(text)) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_text",
                            at(name),
                            "It must not contain U+0000 or a lone surrogate."));
        }
        return text;
    }

    /** What PostgreSQL can store as text: no U+0000, and whole characters only. */
    static boolean storable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            } else if (Character.isLowSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    private Refusal missing(String name) {
        return new Refusal(Problem.malformed("missing_field", at(name), "This field is required."));
    }

    private Refusal wrongType(String name, String wanted) {
        return new Refusal(Problem.malformed("wrong_type", at(name), "It must be " + wanted + "."));
    }

    private String known() {
        return String.join(", ", known) + ".";
    }
}
