package io.oqim.http;

import jakarta.json.JsonConfig;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reading and writing of JSON. Reading is strict: one meaning, or a problem that says what is
 * wrong.
 */
public final class Json {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** How deep a document may nest. */
    public static final int DEPTH_MOST = 16;

    private static final int SHOWN_MOST = 60;
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");
    private static final JsonProvider PROVIDER = JsonProvider.provider();
    private static final JsonGeneratorFactory GENERATORS =
            PROVIDER.createGeneratorFactory(Map.of());
    private static final JsonParserFactory PARSERS =
            // The standard KEY_STRATEGY is heard by readers alone, and readers do not mind what
            // follows a value.
            PROVIDER.createParserFactory(Map.of("org.eclipse.parsson.rejectDuplicateKeys", true));
    private static final JsonReaderFactory READERS =
            PROVIDER.createReaderFactory(
                    Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

    private Json() {}

    /** What {@code writer} writes, in UTF-8. */
    public static byte[] bytes(Consumer<JsonGenerator> writer) {
        // A writer of bytes would begin with buffers of 16 KiB.
        StringWriter out = new StringWriter(1024);
        try (JsonGenerator generator = GENERATORS.createGenerator(out)) {
            writer.accept(generator);
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * A page of a list, as all lists look.
     *
     * @param entries writes the entries
     * @param next where the next page begins; empty when there is none
     */
    public static byte[] list(Consumer<JsonGenerator> entries, Optional<String> next) {
        return bytes(
                out -> {
                    out.writeStartObject();
                    out.write("object", "list");
                    out.writeStartArray("data");
                    entries.accept(out);
                    out.writeEnd();
                    out.write("has_more", next.isPresent());
                    if (next.isPresent()) {
                        out.write("next_after", next.get());
                    } else {
                        out.writeNull("next_after");
                    }
                    out.writeEnd();
                });
    }

    /**
     * The object that a request's body holds.
     *
     * @throws Refusal 400 when it is empty, not UTF-8, not JSON, nested too deep, has a name twice,
     *     or is something other than an object
     */
    public static JsonFields object(byte[] body) {
        if (body.length == 0) {
            throw new Refusal(
                    Problem.of(400, "body_required", "This call needs a JSON object as its body."));
        }
        String text = utf8(body);
        checkDepth(text);
        checkNumbers(text);
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            parser.next();
            JsonValue value = parser.getValue();
            if (parser.hasNext()) {
                throw new JsonException("there is more after the value");
            }
            if (value instanceof JsonObject object) {
                return new JsonFields(object, "");
            }
        } catch (JsonException
                | IllegalStateException
                | NumberFormatException
                | ArithmeticException
                | NoSuchElementException e) {
            throw new Refusal(
                    Problem.of(400, "invalid_json", "The body is not valid JSON: " + firstLine(e)));
        }
        throw new Refusal(Problem.of(400, "invalid_json", "The body must be a JSON object."));
    }

    /** The fields of a body that was left out. */
    static JsonFields none() {
        return new JsonFields(JsonValue.EMPTY_JSON_OBJECT, "");
    }

    /** Reads JSON that is ours or was checked. */
    public static JsonObject trusted(String text) {
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static String utf8(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refusal(Problem.of(400, "invalid_utf8", "The body is not valid UTF-8."));
        }
    }

    /** Counts brackets outside strings, before a parser recurses into them. */
    private static void checkDepth(String text) {
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '"' -> quoted = !quoted;
                case '\\' -> i += quoted ? 1 : 0;
                case '{', '[' -> depth += quoted ? 0 : 1;
                case '}', ']' -> depth -= quoted ? 0 : 1;
                default -> {}
            }
            if (depth > DEPTH_MOST) {
                throw new Refusal(
                        Problem.of(
                                400,
                                "too_deep",
                                "The body nests deeper than " + DEPTH_MOST + " levels."));
            }
        }
    }

    /**
     * Every number of the API is whole and written as one. Looked at before the parser makes values
     * of them: a value does not tell any more how it was written, and huge ones are dear.
     */
    private static void checkNumbers(String text) {
        Deque<String> path = new ArrayDeque<>();
        String name = "";
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            while (parser.hasNext()) {
                switch (parser.next()) {
                    case KEY_NAME -> name = parser.getString();
                    case START_OBJECT, START_ARRAY -> path.addLast(name);
                    case END_OBJECT, END_ARRAY -> path.removeLast();
                    case VALUE_NUMBER -> {
                        if (!WHOLE.matcher(parser.getString()).matches()) {
                            path.addLast(name);
                            throw new Refusal(
                                    Problem.malformed(
                                            "wrong_type",
                                            shown(String.join(".", path.stream().skip(1).toList())),
                                            "It must be a whole number, written without fraction or exponent."));
                        }
                    }
                    case VALUE_STRING, VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> {}
                }
            }
        } catch (JsonException | IllegalStateException | NoSuchElementException e) {
            throw new Refusal(
                    Problem.of(400, "invalid_json", "The body is not valid JSON: " + firstLine(e)));
        }
    }

    /**
     * A name or a sentence as it may be shown: printable, short, and without what could be a card
     * number.
     */
    static String shown(String text) {
        String clean = CardNumbers.maskedQuotation(text.replaceAll("[^\\x20-\\x7e]", "?"));
        return clean.length() > SHOWN_MOST ? clean.substring(0, SHOWN_MOST) + "..." : clean;
    }

    private static String firstLine(RuntimeException e) {
        String message = e.getMessage() == null ? "unreadable" : e.getMessage();
        // The parser quotes what it met; a card number must not come back in an answer or a log.
        return shown(message.lines().findFirst().orElse("unreadable"));
    }

    /** A text, or null. */
    public static void optional(JsonGenerator out, String name, Optional<String> value) {
        if (value.isPresent()) {
            out.write(name, value.get());
        } else {
            out.writeNull(name);
        }
    }

    /** RFC 3339 in UTC, with milliseconds. */
    public static String time(Instant instant) {
        return TIME.format(instant);
    }
}
