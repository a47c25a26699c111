package io.oqim.merchant;

import io.oqim.crypto.Hashes;
import io.oqim.crypto.SigningKey;
import io.oqim.store.TypeId;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A key with which a tenant signs its requests.
 *
 * @param publicKey of ed25519
 */
record SignatureKey(
        UUID id,
        Algorithm algorithm,
        Optional<byte[]> publicKey,
        Instant created,
        Optional<Instant> revoked) {
    /** How it signs, by the names of RFC 9421 section 6.2.2. */
    enum Algorithm {
        HMAC_SHA256("hmac-sha256"),
        ED25519("ed25519");

        private final String text;

        Algorithm(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        static Algorithm parse(String text) {
            return text.equals(ED25519.text) ? ED25519 : HMAC_SHA256;
        }
    }

    /** As signatures name it. */
    String keyId() {
        return TypeId.text("sig", id);
    }

    /** The secret of a key for HMAC: made, and not kept. */
    static byte[] secret(Hashes hashes, UUID id) {
        return hashes.secret("oqim request signature v1", id);
    }

    /** Whether a signature is this key's. Of ed25519, computes for a while. */
    boolean verifies(Hashes hashes, byte[] base, byte[] signature) {
        return switch (algorithm) {
            case HMAC_SHA256 ->
                    MessageDigest.isEqual(Hashes.hmac(secret(hashes, id), base), signature);
            case ED25519 -> SigningKey.verify(publicKey.orElseThrow(), base, signature);
        };
    }
}
