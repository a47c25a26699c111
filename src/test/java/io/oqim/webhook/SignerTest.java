package io.oqim.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.config.Secret;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SignerTest {
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);
    private final CryptoPool pool = new CryptoPool(1, 10, new SimpleMeterRegistry());
    private final Signer signer = signer("a-crypto-key-of-at-least-thirty-two-characters");

    @AfterEach
    void stop() {
        pool.close();
    }

    @Test
    void theTestVectorOfTheSpecificationComesOut() {
        byte[] key = Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        byte[] signed =
                "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}"
                        .getBytes(StandardCharsets.UTF_8);

        assertThat(Base64.getEncoder().encodeToString(Hashes.hmac(key, signed)))
                .isEqualTo("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void eachSecretSignsInBothWays() {
        String signature = signer.signature(List.of(ONE, TWO), "evt_1", 1, new byte[] {'{', '}'});

        assertThat(signature)
                .matches(
                        "v1,[A-Za-z0-9+/]{43}= v1a,[A-Za-z0-9+/]{86}== v1,[A-Za-z0-9+/]{43}= v1a,[A-Za-z0-9+/]{86}==");
    }

    @Test
    void secretsAreTheSameForTheSameIdAndKeyAndNoOther() {
        Signer other = signer("another-crypto-key-of-thirty-two-characters");

        assertThat(signer.secret(ONE)).isEqualTo(signer.secret(ONE)).matches("whsec_.{44}");
        assertThat(signer.secret(ONE)).isNotEqualTo(signer.secret(TWO));
        assertThat(signer.secret(ONE)).isNotEqualTo(other.secret(ONE));
        assertThat(signer.publicKey(ONE)).isEqualTo(signer.publicKey(ONE)).matches("whpk_.{44}");
        assertThat(signer.publicKey(ONE)).isNotEqualTo(other.publicKey(ONE));
    }

    private Signer signer(String key) {
        return new Signer(pool, new Hashes(new Secret(key)));
    }
}
