package io.oqim.event;

import io.oqim.crypto.Hashes;
import io.oqim.store.Sequencer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;

/**
 * How the log grows: its statements, and the hash that chains one event to the next
 * (docs/events.md).
 */
public final class EventSequencer implements Sequencer {
    private static final String FORMAT = "oqim.event.v1";

    @Override
    public String lockHeads() {
        return """
        SELECT tenant, seq, hash, created, clock_timestamp() FROM tenant_head
        WHERE tenant = ANY (?::bigint[]) ORDER BY tenant FOR UPDATE""";
    }

    @Override
    public String append() {
        return """
        INSERT INTO event (tenant, seq, id, type, payment, created, body, prev_hash, hash)
        SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::uuid[], ?::text[], ?::uuid[], ?::timestamptz[],
            ?::bytea[], ?::bytea[], ?::bytea[])""";
    }

    @Override
    public String advance() {
        return """
        UPDATE tenant_head SET seq = moved.seq, hash = moved.hash, created = moved.created
        FROM unnest(?::bigint[], ?::bigint[], ?::bytea[], ?::timestamptz[]) AS moved (tenant, seq, hash, created)
        WHERE tenant_head.tenant = moved.tenant""";
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
