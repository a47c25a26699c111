package io.oqim.crypto;

import io.oqim.config.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * SHA-256 and keyed hashes. Keyed, because card numbers are few enough to be guessed from a plain
 * hash (PCI DSS 3.5.1.1). Pure computation: call it on the {@link CryptoPool} where it is more than
 * short.
 */
public final class Hashes {
    private final SecretKeySpec cards;
    private final SecretKeySpec bankTokens;
    private final SecretKeySpec emails;
    private final SecretKeySpec counters;
    private final SecretKeySpec fingerprints;
    private final SecretKeySpec references;
    private final byte[] root;

    public Hashes(Secret key) {
        root = key.reveal().getBytes(StandardCharsets.UTF_8);
        // One configured key, a key of its own for each purpose.
        cards = derived(root, "oqim card hash v1");
        bankTokens = derived(root, "oqim bank token hash v1");
        emails = derived(root, "oqim email hash v1");
        counters = derived(root, "oqim counter v1");
        fingerprints = derived(root, "oqim request fingerprint v1");
        references = derived(root, "oqim bank reference v1");
    }

    public static byte[] sha256(byte[] data) {
        return digest().digest(data);
    }

    /** A fresh digest. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The same for every payment with this card, and useless without the key. */
    public byte[] card(String number) {
        return hmac(cards, number.getBytes(StandardCharsets.US_ASCII));
    }

    /** The same for every payment by this token of this bank. */
    public byte[] bankToken(String bank, String token) {
        return hmac(bankTokens, (bank + "/" + token).getBytes(StandardCharsets.UTF_8));
    }

    /** The same for every spelling of an email address in capitals and not. */
    public byte[] email(String address) {
        return hmac(
                emails, address.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    }

    /** What something is counted under that is nobody else's business. */
    public byte[] counted(String value) {
        return hmac(counters, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Tells whether two requests are the same. */
    public byte[] fingerprint(byte[] canonicalRequest) {
        return hmac(fingerprints, canonicalRequest);
    }

    /**
     * Names what is asked under an idempotency key, the same at every try: 32 hexadecimal digits
     * that nobody else makes.
     */
    public String reference(long tenant, String idempotencyKey) {
        byte[] name = (tenant + "/" + idempotencyKey).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(hmac(references, name), 0, 16);
    }

    /**
     * A secret of 32 bytes that is made and not kept: the same for the same purpose and id, and
     * unknown to whoever lacks the key.
     */
    public byte[] secret(String purpose, UUID id) {
        ByteBuffer name = ByteBuffer.allocate(16);
        name.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return hmac(derived(root, purpose), name.array());
    }

    /** HMAC-SHA256 with a key that is at hand. */
    public static byte[] hmac(byte[] key, byte[] data) {
        return hmac(new SecretKeySpec(key, "HmacSHA256"), data);
    }

    private static SecretKeySpec derived(byte[] root, String purpose) {
        byte[] key =
                hmac(
                        new SecretKeySpec(root, "HmacSHA256"),
                        purpose.getBytes(StandardCharsets.UTF_8));
        return new SecretKeySpec(key, "HmacSHA256");
    }

    private static byte[] hmac(SecretKeySpec key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
