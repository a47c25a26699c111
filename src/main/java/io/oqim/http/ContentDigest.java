package io.oqim.http;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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
        return "sha-256=:"
                + Base64.getEncoder().encodeToString(begun("SHA-256").digest(body))
                + ":";
    }

    /**
     * Why a body is not what a field says; empty when it is. One digest that is known has to be
     * there, and all that are known have to be right.
     */
    static Optional<String> wrong(String field, byte[] body) {
        Running running = new Running(field);
        running.update(body);
        return running.wrong();
    }

    /** The same of a body that comes in parts. */
    static final class Running {
        private final List<Expected> expected = new ArrayList<>();
        private Optional<String> unreadable = Optional.empty();

        private record Expected(String name, MessageDigest digest, ListElement<?> wanted) {
            boolean right() {
                return wanted instanceof ByteSequenceItem bytes
                        && MessageDigest.isEqual(bytes(bytes.get()), digest.digest());
            }
        }

        Running(String field) {
            try {
                for (Map.Entry<String, ListElement<?>> digest :
                        Parser.parseDictionary(field).get().entrySet()) {
                    String algorithm = ALGORITHMS.get(digest.getKey());
                    if (algorithm != null) {
                        expected.add(
                                new Expected(digest.getKey(), begun(algorithm), digest.getValue()));
                    }
                }
            } catch (ParseException e) {
                unreadable = Optional.of("It cannot be read: " + e.getMessage());
            }
        }

        void update(byte[] part) {
            expected.forEach(one -> one.digest().update(part));
        }

        Optional<String> wrong() {
            if (unreadable.isPresent()) {
                return unreadable;
            }
            if (expected.isEmpty()) {
                return Optional.of("It must have a sha-256 or a sha-512.");
            }
            return expected.stream()
                    .filter(one -> !one.right())
                    .findFirst()
                    .map(one -> "The body has another " + one.name() + ".");
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static MessageDigest begun(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-2", e);
        }
    }
}
