package io.oqim.bench.vertx;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 of requests. For one thread: its Mac is used again and again. */
final class Fingerprints {
    private static final String ALGORITHM = "HmacSHA256";

    private final Mac mac;

    Fingerprints(String key) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** No two requests have the same text: only the reference, its end, can have a line break. */
    byte[] of(PaymentRequest request) {
        String text =
                request.amount()
                        + "\n"
                        + request.currency()
                        + "\n"
                        + request.card().number()
                        + "\n"
                        + request.reference();
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
