package io.oqim.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.UUID;

/**
 * AES-256-GCM under one key: a nonce of 12 random bytes, the text, a tag of 16. What it was
 * encrypted for (whose, which) has to be the same when it is decrypted.
 */
final class Cipher {
    private final Aead aead;

    /**
     * @param key 32 bytes
     */
    Cipher(byte[] key) {
        try {
            aead = new AesGcmJce(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM takes every key of 32 bytes", e);
        }
    }

    byte[] encrypt(byte[] plain, byte[] context) {
        try {
            return aead.encrypt(plain, context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM encrypts what is short", e);
        }
    }

    /**
     * @throws KeyUnavailable when it was not encrypted with this key and for this
     */
    byte[] decrypt(byte[] sealed, byte[] context) {
        try {
            return aead.decrypt(sealed, context);
        } catch (GeneralSecurityException e) {
            throw new KeyUnavailable("it is not what was encrypted with this key", e);
        }
    }

    /** Whose it is, and which: nobody can pass it off as another one. */
    static byte[] context(String purpose, long tenant, UUID id) {
        byte[] name = purpose.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(name.length + 24)
                .put(name)
                .putLong(tenant)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
