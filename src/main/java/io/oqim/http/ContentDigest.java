package io.oqim.http;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.greenbytes.http.sfv.ByteSequenceItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;

/** What a body's {@code Content-Digest} says (RFC 9530). */
final class ContentDigest {
    static final String NAME = "Content-Digest";

    private static final Map<String, String> ALGORITHMS =
            Map.of("sha-256", "SHA-256", "sha-512", "SHA-512");

    private ContentDigest() {}

    /** The field of a body. */
    static String of(byte[] body) {
        return "sha-256=:" + Base64.getEncoder().encodeToString(digest("SHA-256", body)) + ":";
    }

    /**
     * Why a body is not what a field says; empty when it is. One digest that is known has to be
     * there, and all that are known have to be right.
     */
    static Optional<String> wrong(String field, byte[] body) {
        Map<String, ListElement<?>> digests;
        try {
            digests = Parser.parseDictionary(field).get();
        } catch (ParseException e) {
            return Optional.of("It cannot be read: " + e.getMessage());
        }
        int known = 0;
        for (Map.Entry<String, ListElement<?>> digest : digests.entrySet()) {
            String algorithm = ALGORITHMS.get(digest.getKey());
            if (algorithm == null) {
                continue;
            }
            known++;
            if (!(digest.getValue() instanceof ByteSequenceItem bytes)
                    || !MessageDigest.isEqual(bytes(bytes.get()), digest(algorithm, body))) {
                return Optional.of("The body has another " + digest.getKey() + ".");
            }
        }
        return known > 0 ? Optional.empty() : Optional.of("It must have a sha-256 or a sha-512.");
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static byte[] digest(String algorithm, byte[] body) {
        try {
            return MessageDigest.getInstance(algorithm).digest(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-2", e);
        }
    }
}
