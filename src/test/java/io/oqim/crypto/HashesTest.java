package io.oqim.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.config.Secret;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HashesTest {
    private static final String CARD = "4242424242424242";
    private static final byte[] CARD_BYTES = CARD.getBytes(StandardCharsets.US_ASCII);

    private final Hashes hashes = new Hashes(new Secret("0123456789abcdef0123456789abcdef"));
    private final Hashes otherKey = new Hashes(new Secret("0123456789abcdef0123456789abcdeF"));

    /** Computed with Python's hmac; a change of it makes every stored hash useless. */
    @Test
    void cardHashesAreThoseThatAreStored() {
        assertThat(HexFormat.of().formatHex(hashes.card(CARD)))
                .isEqualTo("0ec07890fa6842602510001465a6144f22e4919cc31a1a752e39147b530bb9b3");
    }

    @Test
    void fingerprintsAreThoseThatAreStored() {
        byte[] request = "{}".getBytes(StandardCharsets.US_ASCII);

        assertThat(HexFormat.of().formatHex(hashes.fingerprint(request)))
                .isEqualTo("bb6b1ebc30ec1b30f3132123d4c62e1d6baa030ac7635ab5c511a67caf3547ea");
    }

    @Test
    void theSameCardHasTheSameHash() {
        assertThat(hashes.card(CARD)).isEqualTo(hashes.card(CARD)).hasSize(32);
    }

    @Test
    void anotherCardHasAnotherHash() {
        assertThat(hashes.card("4242424242424241")).isNotEqualTo(hashes.card(CARD));
    }

    @Test
    void anotherKeyMakesOtherHashes() {
        assertThat(otherKey.card(CARD)).isNotEqualTo(hashes.card(CARD));
        assertThat(otherKey.fingerprint(CARD_BYTES)).isNotEqualTo(hashes.fingerprint(CARD_BYTES));
    }

    @Test
    void aCardAndARequestOfTheSameBytesHaveDifferentHashes() {
        assertThat(hashes.fingerprint(CARD_BYTES)).isNotEqualTo(hashes.card(CARD));
    }

    @Test
    void aCardCannotBeFoundByAPlainHash() {
        assertThat(hashes.card(CARD)).isNotEqualTo(Hashes.sha256(CARD_BYTES));
    }

    /** FIPS 180-2, appendix B.1. */
    @Test
    void sha256IsSha256() {
        assertThat(
                        HexFormat.of()
                                .formatHex(
                                        Hashes.sha256("abc".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
