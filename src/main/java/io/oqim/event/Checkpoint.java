package io.oqim.event;

import io.oqim.store.TypeId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/**
 * What Oqim says of a log, and signs: that its event with this number had this hash.
 *
 * @param key which key has signed it
 * @param signature Ed25519 over {@link #statement}
 */
public record Checkpoint(long seq, byte[] hash, Instant signed, String key, byte[] signature) {
    private static final String FORMAT = "oqim.checkpoint.v1";

    /**
     * The lines that are signed: format, merchant, mode, number, hash, time of signing. Whoever
     * verifies makes them himself (docs/events.md).
     *
     * @param mode {@code test} or {@code live}
     */
    public static byte[] statement(
            UUID merchant, String mode, long seq, byte[] hash, Instant signed) {
        return String.join(
                        "\n",
                        FORMAT,
                        TypeId.text("mer", merchant),
                        mode,
                        Long.toString(seq),
                        HexFormat.of().formatHex(hash),
                        EventTime.text(signed))
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The time of signing, as it stands in the statement. */
    public String signedText() {
        return EventTime.text(signed);
    }
}
