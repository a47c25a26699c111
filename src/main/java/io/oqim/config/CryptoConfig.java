package io.oqim.config;

/** The pool for work that computes rather than waits, and its keys. */
public record CryptoConfig(int threads, int maxSignatures, Secret key) {
    static CryptoConfig read(Settings s) {
        return new CryptoConfig(
                s.integer(
                        "crypto.threads",
                        0,
                        Bounds.of(0, 256),
                        "platform threads; 0 takes as many as there are cores"),
                s.integer(
                        "crypto.max-signatures",
                        256,
                        Bounds.of(1, 100_000),
                        "signatures of requests and answers that are checked and made at once; requests beyond it get 503"),
                s.requiredSecret(
                        "crypto.key",
                        32,
                        "key of the card hashes and request fingerprints; a changed key makes both incomparable with"
                                + " older ones"));
    }
}
