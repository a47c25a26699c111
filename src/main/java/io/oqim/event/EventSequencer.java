package io.oqim.event;

import io.oqim.crypto.Hashes;
import io.oqim.store.Sequencer;
import io.oqim.store.Write;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;

/**
 * How the log grows: its statements, and the hash that chains one event to the next
 * (docs/events.md).
 */
public final class EventSequencer implements Sequencer {
    private static final String FORMAT = "oqim.event.v1";

    private static final Write LOCK_HEADS =
            new Write(
                    "heads",
                    Write.Stage.ROW,
                    100,
                    """
                    SELECT h.tenant, h.seq, h.hash, h.created, clock_timestamp()
                    FROM :rows AS u JOIN tenant_head h ON h.tenant = u.tenant
                    ORDER BY h.tenant FOR UPDATE OF h""",
                    "tenant bigint");

    private static final Write APPEND =
            new Write(
                    "event",
                    Write.Stage.TAIL,
                    10,
                    """
                    INSERT INTO event (tenant, seq, id, type, payment, created, body, prev_hash, hash)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "seq bigint",
                    "id uuid",
                    "type text",
                    "payment uuid",
                    "created timestamptz",
                    "body bytea",
                    "prev_hash bytea",
                    "hash bytea");

    private static final Write ADVANCE =
            new Write(
                    "head",
                    Write.Stage.TAIL,
                    20,
                    """
                    UPDATE tenant_head SET seq = u.seq, hash = u.hash, created = u.created
                    FROM :rows AS u WHERE tenant_head.tenant = u.tenant""",
                    "tenant bigint",
                    "seq bigint",
                    "hash bytea",
                    "created timestamptz");

    @Override
    public Write lockHeads() {
        return LOCK_HEADS;
    }

    @Override
    public Write append() {
        return APPEND;
    }

    @Override
    public Write advance() {
        return ADVANCE;
    }

    /**
     * SHA-256 of five lines: format, previous hash, seq, created, hash of the body. Short enough to
     * be computed where it is called, under the lock of the heads.
     */
    @Override
    public byte[] link(byte[] previousHash, long seq, Instant created, byte[] bodyHash) {
        HexFormat hex = HexFormat.of();
        String lines =
                FORMAT
                        + '\n'
                        + hex.formatHex(previousHash)
                        + '\n'
                        + seq
                        + '\n'
                        + EventTime.text(created)
                        + '\n'
                        + hex.formatHex(bodyHash);
        return Hashes.sha256(lines.getBytes(StandardCharsets.US_ASCII));
    }
}
