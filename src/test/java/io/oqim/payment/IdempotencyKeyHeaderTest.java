package io.oqim.payment;

import static io.oqim.http.Refusals.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.http.Problem;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyHeaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    k            | k
                    "k"          | k
                    `  k  `      | k
                    `  "k"  `    | k
                    " k "        | ` k `
                    a b          | a b
                    "a\\"b"      | a"b
                    "a\\\\b"     | a\\b
                    "\\"\\\\"    | "\\
                    a"b          | a"b
                    a\\b         | a\\b
                    ~!@#$%^&*()_+| ~!@#$%^&*()_+
                    """)
    void aKeyIsBareOrQuoted(String header, String key) {
        assertThat(read(header)).isEqualTo(key);
    }

    @Test
    void aQuotedKeyAndTheSameBareAreOne() {
        assertThat(read("\"8e03978e-40d5\"")).isEqualTo(read("8e03978e-40d5"));
    }

    @Test
    void aMissingKeyIsRefused() {
        Problem required =
                Problem.malformed(
                        "idempotency_key_required",
                        "Idempotency-Key",
                        "Send a unique Idempotency-Key with every request that moves money.");

        assertThat(problem(() -> IdempotencyKeyHeader.read(Optional.empty()))).isEqualTo(required);
        assertThat(problem(() -> read(""))).isEqualTo(required);
        assertThat(problem(() -> read("   "))).isEqualTo(required);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "\"k",
                "\"k\"x",
                "\"k\" x",
                "\"k\";a=1",
                "\"k\",\"l\"",
                "\"a\"b\"",
                "\"a\\b\"",
                "\"a\\",
                "\"a\\\"",
                "\"a\\n\""
            })
    void whatIsNoStructuredStringIsRefused(String header) {
        assertThat(problem(() -> read(header)))
                .isEqualTo(
                        Problem.malformed(
                                "invalid_idempotency_key",
                                "Idempotency-Key",
                                "A quoted key is a structured field string (RFC 9651)."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "ключ",
                "\"ключ\"",
                "a\u0001b",
                "\"a\tb\"",
                "a\u007f",
                "é",
                "k\u00a0"
            })
    void whatIsNotPrintableAsciiIsRefused(String header) {
        assertThat(problem(() -> read(header)))
                .isEqualTo(
                        Problem.malformed(
                                "invalid_idempotency_key",
                                "Idempotency-Key",
                                "A key has 1 to 255 printable ASCII characters."));
    }

    @Test
    void aKeyHasAtMost255Characters() {
        String longest = "k".repeat(255);

        assertThat(read(longest)).isEqualTo(longest);
        assertThat(read("\"" + longest + "\"")).isEqualTo(longest);
        assertThat(problem(() -> read(longest + "k")).code()).isEqualTo("invalid_idempotency_key");
        assertThat(problem(() -> read("\"" + longest + "k\"")).code())
                .isEqualTo("invalid_idempotency_key");
    }

    @Test
    void escapesDoNotCountTowardsTheLength() {
        assertThat(read("\"" + "\\\"".repeat(255) + "\"")).isEqualTo("\"".repeat(255));
    }

    private static String read(String header) {
        return IdempotencyKeyHeader.read(Optional.of(header));
    }
}
