package io.oqim.http;

import static io.oqim.http.Refusals.problem;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonStrictTest {
    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1}{}", "{\"a\":1} x", "{\"a\":1}]", "{\"a\":1},", "{}{\"a\":"})
    void whatFollowsTheObjectIsRefused(String body) {
        assertThat(problem(() -> Json.object(bytes(body))).code()).isEqualTo("invalid_json");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_101, 50_000})
    void aNumberTooLongForTheParserIsRefused(int digits) {
        String body = "{\"amount\":" + "9".repeat(digits) + "}";

        assertThat(problem(() -> Json.object(bytes(body)).integer("amount")).status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e0", "125000E0", "1e+0", "0e0"})
    void anExponentOfZeroIsAnExponentToo(String number) {
        assertThat(problem(() -> Json.object(bytes("{\"n\":" + number + "}")).integer("n")).code())
                .isEqualTo("wrong_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4242 4242 4242 4242", "4242-4242-4242-4242"})
    void aCardNumberInGroupsIsNotRepeated(String name) {
        assertThat(problem(() -> Json.object(bytes("{\"" + name + "\":1}")).end()).toString())
                .doesNotContain(name);
        assertThat(
                        problem(() -> Json.object(bytes("{\"" + name + "\":1,\"" + name + "\":1}")))
                                .toString())
                .doesNotContain(name);
    }

    @Test
    void aCardNumberAsTheNameOfATextIsNotRepeated() {
        JsonFields fields = new JsonFields(Json.trusted("{\"4242424242424242\":1}"), "metadata");

        assertThat(problem(() -> fields.texts(1, 40, 10)).toString())
                .doesNotContain("4242424242424242");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
