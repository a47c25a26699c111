package io.oqim.merchant;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.crypto.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyTest {
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aNewKeyHasTheFormOfItsModeAndIsReadAgain(Mode mode) {
        ApiKey key = ApiKey.create(mode);

        assertThat(key.secret()).matches("oq_" + mode.text() + "_[0-9A-Za-z]{43}[0-9A-Za-z]{6}");
        assertThat(ApiKey.parse(key.secret())).contains(key);
    }

    @Test
    void theLastSixDigitsAreTheChecksumOfAllBefore() {
        String secret = ApiKey.create(Mode.TEST).secret();
        CRC32 crc = new CRC32();
        crc.update(secret.substring(0, secret.length() - 6).getBytes(StandardCharsets.US_ASCII));

        assertThat(number(secret.substring(secret.length() - 6))).isEqualTo(crc.getValue());
    }

    @Test
    void oneOtherCharacterMakesItNoKey() {
        String secret = ApiKey.create(Mode.LIVE).secret();
        for (int at = 0; at < secret.length(); at++) {
            for (int i = 0; i < DIGITS.length(); i++) {
                char digit = DIGITS.charAt(i);
                if (digit != secret.charAt(at)) {
                    String flipped = secret.substring(0, at) + digit + secret.substring(at + 1);

                    assertThat(ApiKey.parse(flipped)).as(flipped).isEmpty();
                }
            }
        }
    }

    @Test
    void aKeyOfTheOtherModeIsNoKey() {
        String secret = ApiKey.create(Mode.TEST).secret();

        assertThat(ApiKey.parse(secret.replace("oq_test_", "oq_live_"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "oq_test_",
                "Bearer oq_test_",
                "sk_test_0000000000000000000000000000000000000000000000000",
                "oq_test_0000000000000000000000000000000000000000000000000",
                "oq_prod_0000000000000000000000000000000000000000000000000",
                "oq_test_00000000000000000000000000000000000000000000000-0",
                "oq_test_000000000000000000000000000000000000000000000000é"
            })
    void lookalikesAreNoKeys(String text) {
        assertThat(ApiKey.parse(text)).isEmpty();
    }

    @Test
    void whatIsAroundAKeyMakesItNoKey() {
        String secret = ApiKey.create(Mode.TEST).secret();

        assertThat(ApiKey.parse(" " + secret)).isEmpty();
        assertThat(ApiKey.parse(secret + "\n")).isEmpty();
        assertThat(ApiKey.parse(secret.repeat(2))).isEmpty();
    }

    @Test
    void keysDiffer() {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            keys.add(ApiKey.create(Mode.TEST).secret());
        }

        assertThat(keys).hasSize(1000);
    }

    @Test
    void theSecretIsNotShown() {
        ApiKey key = ApiKey.create(Mode.TEST);

        assertThat(key).hasToString("[REDACTED]");
        assertThat("key: " + java.util.Optional.of(key)).doesNotContain(key.secret());
    }

    @Test
    void theHintShowsAFewCharactersOfIt() {
        ApiKey key = ApiKey.create(Mode.TEST);

        assertThat(key.hint())
                .hasSize(19)
                .startsWith("oq_test_")
                .endsWith(key.secret().substring(53));
    }

    @Test
    void theHashIsThatOfTheWholeSecret() {
        ApiKey key = ApiKey.create(Mode.TEST);

        assertThat(key.hash())
                .isEqualTo(Hashes.sha256(key.secret().getBytes(StandardCharsets.US_ASCII)));
    }

    private static long number(String base62) {
        long number = 0;
        for (int i = 0; i < base62.length(); i++) {
            number = number * 62 + DIGITS.indexOf(base62.charAt(i));
        }
        return number;
    }
}
