package io.oqim.http;

import static io.oqim.http.Refusals.problem;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final String CARD = "4242424242424242";

    @Test
    void anEmptyBodyIsRefused() {
        assertThat(problem(() -> Json.object(new byte[0])))
                .isEqualTo(
                        Problem.of(
                                400,
                                "body_required",
                                "This call needs a JSON object as its body."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "{",
                "}",
                "{]",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":NaN}",
                "{\"a\":tru}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":1}{}",
                "{\"a\":1} x",
                "{\"a\":1}]",
                "// {}\n{}",
                "\ufeff{}x"
            })
    void whatIsNoJsonIsRefused(String body) {
        Problem problem = problem(() -> Json.object(bytes(body)));

        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.code()).isEqualTo("invalid_json");
        assertThat(problem.detail()).doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "\"a\"", "null", "true"})
    void whatIsNoObjectIsRefused(String body) {
        assertThat(problem(() -> Json.object(bytes(body))))
                .isEqualTo(Problem.of(400, "invalid_json", "The body must be a JSON object."));
    }

    static List<byte[]> badUtf8() {
        return List.of(
                raw(0xff),
                raw(0x80),
                raw(0xc3),
                // overlong '/'
                raw(0xc0, 0xaf),
                // a lone surrogate in UTF-8's manner
                raw(0xed, 0xa0, 0x80),
                // beyond U+10FFFF
                raw(0xf4, 0x90, 0x80, 0x80));
    }

    @ParameterizedTest
    @MethodSource("badUtf8")
    void whatIsNotUtf8IsRefused(byte[] body) {
        assertThat(problem(() -> Json.object(body)))
                .isEqualTo(Problem.of(400, "invalid_utf8", "The body is not valid UTF-8."));
    }

    @Test
    void sixteenLevelsAreRead() {
        assertThat(Json.object(bytes(objects(16))).has("a")).isTrue();
        assertThat(Json.object(bytes("{\"a\":" + arrays(15) + "}")).has("a")).isTrue();
    }

    static Stream<String> tooDeep() {
        return Stream.of(
                objects(17),
                "{\"a\":" + arrays(16) + "}",
                "[".repeat(65_000),
                "{\"a\":".repeat(10_000));
    }

    @ParameterizedTest
    @MethodSource("tooDeep")
    void seventeenLevelsAreNot(String body) {
        assertThat(problem(() -> Json.object(bytes(body))))
                .isEqualTo(Problem.of(400, "too_deep", "The body nests deeper than 16 levels."));
    }

    @Test
    void bracketsInsideTextsDoNotNest() {
        String brackets = "[{".repeat(50) + "\\\"" + "[{".repeat(50) + "\\\\";

        JsonFields fields = Json.object(bytes("{\"" + brackets + "\":\"" + brackets + "\"}"));

        assertThat(fields.text(brackets.replace("\\\"", "\"").replace("\\\\", "\\"), 1000))
                .hasSize(202);
    }

    @Test
    void closedBracketsDoNotAddUp() {
        assertThat(Json.object(bytes("{\"a\":[" + "[],".repeat(100) + "[]]}")).has("a")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"amount\":1,\"amount\":2}",
                "{\"amount\":1,\"amo\\u0075nt\":1}",
                "{\"a\":{\"b\":1,\"b\":null}}"
            })
    void aNameThatComesTwiceIsRefused(String body) {
        Problem problem = problem(() -> Json.object(bytes(body)));

        assertThat(problem.code()).isEqualTo("invalid_json");
        assertThat(problem.detail()).contains("Duplicate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"4242424242424242\":1,\"4242424242424242\":1}",
                "{4242424242424242:1}",
                "{\"number\":4242424242424242x}",
                "{\"number\":\"4242424242424242}",
                "4242424242424242"
            })
    void aCardNumberIsNotRepeatedByAProblem(String body) {
        Problem problem = problem(() -> Json.object(bytes(body)));

        assertThat(problem.toString()).doesNotContain(CARD);
    }

    @ParameterizedTest
    @ValueSource(ints = {19, 20, 400, 1_100})
    void aHugeNumberIsNoWholeNumberThatAnybodyMeans(int digits) {
        String body = "{\"amount\":" + "9".repeat(digits) + "}";

        Problem problem = problem(() -> Json.object(bytes(body)).integer("amount"));

        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.code()).isIn("wrong_type", "invalid_json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "1e-400", "1e2147483647", "1e99999999999", "-1e-99999999999"})
    void aHugeExponentIsRefused(String number) {
        Problem problem =
                problem(() -> Json.object(bytes("{\"amount\":" + number + "}")).integer("amount"));

        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.code()).isIn("wrong_type", "invalid_json");
    }

    @Test
    void whatIsWrittenIsUtf8() {
        byte[] json =
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("name", "Ўктам \"x\"\n");
                            out.writeEnd();
                        });

        assertThat(json).isEqualTo(bytes("{\"name\":\"Ўктам \\\"x\\\"\\n\"}"));
    }

    private static String objects(int depth) {
        return "{\"a\":".repeat(depth - 1) + "{\"a\":1}" + "}".repeat(depth - 1);
    }

    private static String arrays(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    /** An object with these bytes as the text of a field. */
    private static byte[] raw(int... bytes) {
        byte[] start = bytes("{\"a\":\"");
        byte[] end = bytes("\"}");
        byte[] all = new byte[start.length + bytes.length + end.length];
        System.arraycopy(start, 0, all, 0, start.length);
        for (int i = 0; i < bytes.length; i++) {
            all[start.length + i] = (byte) bytes[i];
        }
        System.arraycopy(end, 0, all, start.length + bytes.length, end.length);
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
