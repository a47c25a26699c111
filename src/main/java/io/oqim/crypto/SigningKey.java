package io.oqim.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A key for Ed25519 signatures (RFC 8032), made from a secret of 32 bytes, which is what the RFC's
 * private key is. Computes for a tenth of a millisecond and more: call it on the {@link
 * CryptoPool}.
 */
public final class SigningKey {
    private static final int LENGTH = 32;

    /** What stands before the 32 bytes in the X.509 form of a public key (RFC 8410 section 4). */
    private static final byte[] X509_FRONT = HexFormat.of().parseHex("302a300506032b6570032100");

    private final KeyPair pair;

    private SigningKey(KeyPair pair) {
        this.pair = pair;
    }

    /**
     * @param seed 32 bytes
     */
    public static SigningKey of(byte[] seed) {
        if (seed.length != LENGTH) {
            throw new IllegalArgumentException("an Ed25519 key is made from 32 bytes");
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            // The JDK takes the private key's 32 bytes from its source of randomness, and offers no
            // other way from a private key to its public one.
            generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
            return new SigningKey(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    /** The signature, 64 bytes. */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    /**
     * Whether a signature is that of a public key, as {@link #publicKey} gives it; false too when
     * either is none.
     */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        byte[] encoded = Arrays.copyOf(X509_FRONT, X509_FRONT.length + LENGTH);
        try {
            System.arraycopy(publicKey, 0, encoded, X509_FRONT.length, LENGTH);
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(new X509EncodedKeySpec(encoded)));
            verifier.update(message);
            return publicKey.length == LENGTH && verifier.verify(signature);
        } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /** The public key as RFC 8032 encodes it, 32 bytes: the end of its X.509 form. */
    public byte[] publicKey() {
        PublicKey key = pair.getPublic();
        byte[] encoded = key.getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - LENGTH, encoded.length);
    }

    /** A source that gives what it was given. */
    private static final class Given extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte[] bytes;

        private Given(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] into) {
            if (into.length != bytes.length) {
                throw new IllegalStateException("32 bytes were expected to be asked for");
            }
            System.arraycopy(bytes, 0, into, 0, bytes.length);
        }
    }
}
