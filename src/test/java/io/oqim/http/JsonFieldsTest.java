package io.oqim.http;

import static io.oqim.http.Refusals.problem;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldsTest {
    @Test
    void fieldsAreRead() {
        JsonFields fields =
                fields(
                        "{\"t\":\"text\",\"n\":-5,\"f\":true,\"o\":{\"t\":\"inner\"},\"c\":\"red\"}");

        assertThat(fields.text("t", 4)).isEqualTo("text");
        assertThat(fields.integer("n")).isEqualTo(-5);
        assertThat(fields.flag("f", false)).isTrue();
        assertThat(fields.object("o").text("t", 10)).isEqualTo("inner");
        assertThat(fields.optionalChoice("c", List.of("red", "blue"))).contains("red");
        fields.end();
    }

    @Test
    void nullCountsAsMissing() {
        JsonFields fields = fields("{\"t\":null,\"n\":null,\"f\":null,\"o\":null}");

        assertThat(fields.has("t")).isFalse();
        assertThat(fields.optionalText("t", 5)).isEmpty();
        assertThat(fields.optionalInteger("n")).isEqualTo(OptionalLong.empty());
        assertThat(fields.flag("f", true)).isTrue();
        assertThat(fields.optionalObject("o")).isEmpty();
        fields.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"inner\":null}"})
    void whatIsRequiredAndMissingIsRefusedWithItsPath(String json) {
        JsonFields fields = new JsonFields(Json.trusted(json), "outer");
        Problem missing =
                Problem.malformed("missing_field", "outer.inner", "This field is required.");

        assertThat(problem(() -> fields.text("inner", 5))).isEqualTo(missing);
        assertThat(problem(() -> fields.integer("inner"))).isEqualTo(missing);
        assertThat(problem(() -> fields.object("inner"))).isEqualTo(missing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0",
                "1e3",
                "1E3",
                "1.5",
                "-1.0",
                "0.0",
                "10e-1",
                "\"1\"",
                "true",
                "{}",
                "[1]",
                "1000000000000000000",
                "99999999999999999999999999"
            })
    void whatIsNotWrittenAsAWholeNumberIsRefused(String value) {
        String body = "{\"n\":" + value + "}";

        assertThat(problem(() -> fields(body).integer("n")))
                .isEqualTo(
                        Problem.malformed(
                                "wrong_type",
                                "n",
                                "It must be a whole number, written without fraction or exponent."));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "-0,0",
        "1,1",
        "-7,-7",
        "999999999999,999999999999",
        "999999999999999999,999999999999999999"
    })
    void wholeNumbersAreRead(String value, long number) {
        assertThat(fields("{\"n\":" + value + "}").integer("n")).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "{}", "[\"a\"]"})
    void whatIsNoTextIsRefused(String value) {
        JsonFields fields = fields("{\"t\":" + value + "}");

        assertThat(problem(() -> fields.text("t", 10)))
                .isEqualTo(Problem.malformed("wrong_type", "t", "It must be a text."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abcdef"})
    void textsHaveALength(String value) {
        JsonFields fields = fields("{\"t\":\"" + value + "\"}");

        assertThat(problem(() -> fields.text("t", 5)))
                .isEqualTo(
                        Problem.refused("invalid_length", "t", "It must have 1 to 5 characters."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\u0000",
                "a\\u0000b",
                "\\ud800",
                "\\udc00",
                "a\\udbffb",
                "\\udc00\\ud800",
                "\\ud800\\ud800",
                "x\\ud83d"
            })
    void whatPostgresCannotStoreIsRefused(String value) {
        JsonFields fields = fields("{\"o\":{\"t\":\"" + value + "\"}}");

        assertThat(problem(() -> fields.object("o").text("t", 10)))
                .isEqualTo(
                        Problem.refused(
                                "invalid_text",
                                "o.t",
                                "It must not contain U+0000 or a lone surrogate."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d\\ude00", "\ud83d\ude00", "\\u0001", "Ўктам"})
    void wholeCharactersAreTaken(String value) {
        assertThat(fields("{\"t\":\"" + value + "\"}").text("t", 5)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"true\"", "{}", "[]"})
    void whatIsNoFlagIsRefused(String value) {
        JsonFields fields = fields("{\"f\":" + value + "}");

        assertThat(problem(() -> fields.flag("f", true)))
                .isEqualTo(Problem.malformed("wrong_type", "f", "It must be true or false."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"a\"", "true", "[{}]"})
    void whatIsNoObjectIsRefused(String value) {
        JsonFields fields = fields("{\"o\":" + value + "}");

        assertThat(problem(() -> fields.optionalObject("o")))
                .isEqualTo(Problem.malformed("wrong_type", "o", "It must be an object."));
    }

    @Test
    void anotherWordThanTheKnownOnesIsRefused() {
        JsonFields fields = fields("{\"c\":\"green\"}");

        assertThat(problem(() -> fields.optionalChoice("c", List.of("red", "blue"))))
                .isEqualTo(Problem.refused("invalid_value", "c", "It must be one of: red, blue."));
    }

    @Test
    void unknownFieldIsRefusedWithItsPath() {
        JsonFields fields = fields("{\"a\":{\"b\":{\"known\":1,\"colour\":2}}}");
        JsonFields inner = fields.object("a").object("b");
        assertThat(inner.integer("known")).isEqualTo(1);

        assertThat(problem(inner::end))
                .isEqualTo(
                        Problem.malformed(
                                "unknown_field",
                                "a.b.colour",
                                "There is no such field here; known are: known."));
    }

    @Test
    void anUnknownFieldIsRefusedEvenWhenItIsNull() {
        assertThat(problem(() -> fields("{\"x\":null}").end()).code()).isEqualTo("unknown_field");
    }

    @Test
    void anUnknownNameIsShownShortAndPrintable() {
        JsonFields fields = fields("{\"a\\u0007\\ud800\\u0430" + "b".repeat(100) + "\":1}");

        assertThat(problem(fields::end).param()).contains("a???" + "b".repeat(56) + "...");
    }

    @Test
    void aCardNumberAsANameIsNotRepeated() {
        JsonFields fields = fields("{\"4242424242424242\":1}");

        assertThat(problem(fields::end).param()).contains("...");
    }

    @Test
    void textsAreReadInTheirOrder() {
        assertThat(fields("{\"z\":\"1\",\"a\":\"2\"}").texts(2, 1, 1))
                .containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
    }

    @Test
    void tooManyTextsAreRefused() {
        JsonFields fields = new JsonFields(Json.trusted("{\"a\":\"1\",\"b\":\"2\"}"), "metadata");

        assertThat(problem(() -> fields.texts(1, 10, 10)))
                .isEqualTo(
                        Problem.refused("too_many", "metadata", "It may have at most 1 entries."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abcdef", "\\u0000", "\\ud800"})
    void namesOfTextsAreStorableAndShort(String name) {
        JsonFields fields = new JsonFields(Json.trusted("{\"" + name + "\":\"1\"}"), "metadata");

        assertThat(problem(() -> fields.texts(1, 5, 10)))
                .isEqualTo(
                        Problem.refused(
                                "invalid_value",
                                "metadata",
                                "Its names must have 1 to 5 characters, without U+0000."));
    }

    @ParameterizedTest
    @CsvSource({"1,wrong_type", "null,wrong_type", "{},wrong_type", "'\"\"',invalid_length"})
    void valuesOfTextsAreTexts(String value, String code) {
        JsonFields fields = new JsonFields(Json.trusted("{\"a\":" + value + "}"), "metadata");

        Problem problem = problem(() -> fields.texts(1, 5, 10));

        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.param()).contains("metadata.a");
    }

    private static JsonFields fields(String json) {
        return Json.object(json.getBytes(StandardCharsets.UTF_8));
    }
}
