package io.oqim.webhook;

import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.crypto.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Signs messages by Standard Webhooks 1.0.0: {@code v1} (HMAC-SHA256) and {@code v1a} (Ed25519)
 * with each secret that is good. Secrets are derived from the configured key and kept nowhere.
 */
final class Signer {
    private static final String SYMMETRIC = "oqim webhook secret v1";
    private static final String ASYMMETRIC = "oqim webhook signing key v1";

    /** Making a key pair takes as long as a signature; more than this many are made anew. */
    private static final int KEYS_MOST = 10_000;

    private final CryptoPool pool;
    private final Hashes hashes;
    private final Map<UUID, SigningKey> keys = new ConcurrentHashMap<>();

    Signer(CryptoPool pool, Hashes hashes) {
        this.pool = pool;
        this.hashes = hashes;
    }

    /** The secret as its owner gets it, once: {@code whsec_} and base64. */
    String secret(UUID id) {
        return "whsec_" + base64(hashes.secret(SYMMETRIC, id));
    }

    /** What belongs to the other kind of signature, and may be known: {@code whpk_} and base64. */
    String publicKey(UUID id) {
        return pool.run(() -> "whpk_" + base64(key(id).publicKey()));
    }

    /**
     * The value of {@code webhook-signature}.
     *
     * @param id of the message
     * @param timestamp seconds since 1970
     * @throws io.oqim.crypto.CryptoPoolFull when the pool is
     */
    String signature(List<UUID> secrets, String id, long timestamp, byte[] body) {
        byte[] front = (id + "." + timestamp + ".").getBytes(StandardCharsets.US_ASCII);
        byte[] signed = new byte[front.length + body.length];
        System.arraycopy(front, 0, signed, 0, front.length);
        System.arraycopy(body, 0, signed, front.length, body.length);
        return pool.run(
                () -> {
                    List<String> all = new ArrayList<>();
                    for (UUID secret : secrets) {
                        byte[] key = hashes.secret(SYMMETRIC, secret);
                        all.add("v1," + base64(Hashes.hmac(key, signed)));
                        all.add("v1a," + base64(key(secret).sign(signed)));
                    }
                    return String.join(" ", all);
                });
    }

    private SigningKey key(UUID secret) {
        if (keys.size() > KEYS_MOST) {
            keys.clear();
        }
        return keys.computeIfAbsent(secret, id -> SigningKey.of(hashes.secret(ASYMMETRIC, id)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
