package io.oqim.payment;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Evidence that the merchant has sent, whole.
 *
 * @param size in bytes
 * @param parts in which it is stored
 */
record DisputeFile(
        UUID id,
        UUID dispute,
        String name,
        Type type,
        long size,
        int parts,
        byte[] sha256,
        Instant created) {

    /** Whether it is another sending of this one. */
    boolean same(DisputeFile other) {
        return name.equals(other.name) && type == other.type && Arrays.equals(sha256, other.sha256);
    }

    /** How large a part is, in bytes; the last may be smaller. Banks take it as it is. */
    static final int PART = 262_144;

    /** What banks can look at, told by its first bytes: what is declared alone proves nothing. */
    enum Type {
        PDF("application/pdf", "%PDF-"),
        PNG("image/png", "\u0089PNG\r\n\u001a\n"),
        JPEG("image/jpeg", "\u00ff\u00d8\u00ff");

        private final String media;

        /** A character for each byte. */
        private final String first;

        Type(String media, String first) {
            this.media = media;
            this.first = first;
        }

        String media() {
            return media;
        }

        boolean begins(byte[] bytes) {
            byte[] wanted = first.getBytes(StandardCharsets.ISO_8859_1);
            return bytes.length >= wanted.length
                    && Arrays.equals(wanted, 0, wanted.length, bytes, 0, wanted.length);
        }

        static Optional<Type> of(String media) {
            return Arrays.stream(values()).filter(type -> type.media.equals(media)).findAny();
        }

        static List<String> all() {
            return Arrays.stream(values()).map(Type::media).toList();
        }
    }
}
