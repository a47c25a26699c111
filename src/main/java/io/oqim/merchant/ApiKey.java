package io.oqim.merchant;

import io.oqim.crypto.Hashes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * An API key as its owner holds it: {@code oq_test_} or {@code oq_live_}, 43 digits of base 62 (256
 * random bits), and six more with the CRC32 of all before, so that a scanner knows a real key from
 * a lookalike without asking anybody.
 */
record ApiKey(String secret) {
    /** What a secret scanner looks for. */
    static final Pattern FORMAT = Pattern.compile("oq_(test|live)_[0-9A-Za-z]{49}");

    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RANDOM_DIGITS = 43;
    private static final int CHECK_DIGITS = 6;

    static ApiKey create(Mode mode) {
        String start =
                "oq_" + mode.text() + "_" + base62(new BigInteger(256, RANDOM), RANDOM_DIGITS);
        return new ApiKey(start + checksum(start));
    }

    /** The key, if the text has a key's form and its checksum is right. */
    static Optional<ApiKey> parse(String text) {
        if (text.length() > 64 || !FORMAT.matcher(text).matches()) {
            return Optional.empty();
        }
        int cut = text.length() - CHECK_DIGITS;
        return text.substring(cut).equals(checksum(text.substring(0, cut)))
                ? Optional.of(new ApiKey(text))
                : Optional.empty();
    }

    /** What is stored. Not a slow hash: nobody guesses 256 random bits. */
    byte[] hash() {
        return Hashes.sha256(secret.getBytes(StandardCharsets.US_ASCII));
    }

    /** Enough to recognize a key by, for lists. */
    String hint() {
        return secret.substring(0, 12) + "..." + secret.substring(secret.length() - 4);
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return base62(BigInteger.valueOf(crc.getValue()), CHECK_DIGITS);
    }

    private static String base62(BigInteger number, int length) {
        char[] out = new char[length];
        BigInteger rest = number;
        for (int i = length - 1; i >= 0; i--) {
            BigInteger[] parts = rest.divideAndRemainder(BASE);
            out[i] = DIGITS.charAt(parts[1].intValue());
            rest = parts[0];
        }
        return new String(out);
    }

    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
