package io.oqim.sandbox;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonStructure;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON in and out of bytes. The factories are kept: to look the provider up each time is slow. */
final class JsonText {
    private static final JsonProvider PROVIDER = JsonProvider.provider();
    private static final JsonReaderFactory READERS = PROVIDER.createReaderFactory(Map.of());
    private static final JsonBuilderFactory BUILDERS = PROVIDER.createBuilderFactory(Map.of());

    private JsonText() {}

    /** The object or array in {@code bytes}, or empty when that is not what they are. */
    static Optional<JsonStructure> parse(byte[] bytes) {
        try (JsonReader reader =
                READERS.createReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
            return Optional.of(reader.read());
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    static byte[] bytes(JsonStructure json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    static JsonObjectBuilder object() {
        return BUILDERS.createObjectBuilder();
    }

    static JsonArrayBuilder array() {
        return BUILDERS.createArrayBuilder();
    }

    /** Adds a member, or nothing when there is no value. */
    static void addIfPresent(JsonObjectBuilder builder, String name, @Nullable String value) {
        if (value != null) {
            builder.add(name, value);
        }
    }

    /** Adds a member, with null where there is no value. */
    static void addOrNull(JsonObjectBuilder builder, String name, @Nullable String value) {
        if (value == null) {
            builder.addNull(name);
        } else {
            builder.add(name, value);
        }
    }

    static @Nullable String textOrNull(JsonObject object, String name) {
        return object.containsKey(name) && !object.isNull(name) ? object.getString(name) : null;
    }
}
