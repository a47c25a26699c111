package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void everyCodePointIsValid() {
        StringBuilder all = new StringBuilder();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                all.appendCodePoint(point);
            }
        }

        assertThat(Utf8.isValid(all.toString().getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    @Test
    void agreesWithTheJdkOnSequencesOfThreeBytes() {
        byte[] bytes = new byte[3];
        for (int value = 0; value < 1 << 24; value += value < 0xC00000 ? 2_521 : 37) {
            bytes[0] = (byte) (value >>> 16);
            bytes[1] = (byte) (value >>> 8);
            bytes[2] = (byte) value;

            assertAgreement(bytes);
        }
    }

    @Test
    void agreesWithTheJdkOnRandomFourByteForms() {
        Random random = new Random(4);
        byte[] bytes = new byte[4];
        for (int i = 0; i < 50_000; i++) {
            random.nextBytes(bytes);
            bytes[0] = (byte) (0xEE + random.nextInt(8));
            bytes[2] = (byte) (0x80 | (bytes[2] & 0x7F));
            bytes[3] = (byte) (0x80 | (bytes[3] & 0x3F));

            assertAgreement(bytes);
        }
    }

    private static void assertAgreement(byte[] bytes) {
        // AssertJ costs more than what is tested, a million times.
        if (Utf8.isValid(bytes) != isDecodable(bytes)) {
            assertThat(bytes).as("judged otherwise by the JDK").isEmpty();
        }
    }

    private static boolean isDecodable(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
