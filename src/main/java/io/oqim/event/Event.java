package io.oqim.event;

import io.oqim.store.Commit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * One entry of a tenant's log.
 *
 * @param payment the one that it is about, if it is about one
 * @param body the JSON object with {@code id}, {@code type}, what it is about and {@code data}, in
 *     UTF-8
 */
public record Event(
        long tenant,
        long seq,
        UUID id,
        String type,
        Optional<UUID> payment,
        Instant created,
        byte[] body,
        byte[] previousHash,
        byte[] hash) {

    /** The event that has just been written there. */
    public static Event of(Commit.Place place) {
        var draft = place.draft();
        return new Event(
                place.tenant(),
                place.seq(),
                draft.id(),
                draft.type(),
                draft.payment(),
                place.created(),
                draft.body(),
                place.previousHash(),
                place.hash());
    }

    /**
     * The event as every transport sends it: the body with {@code seq}, {@code created}, {@code
     * prev_hash} and {@code hash} in front. The body's own bytes are kept, so that its hash can be
     * checked.
     */
    public byte[] json() {
        HexFormat hex = HexFormat.of();
        String front =
                "{\"seq\":"
                        + seq
                        + ",\"created\":\""
                        + EventTime.text(created)
                        + "\",\"prev_hash\":\""
                        + hex.formatHex(previousHash)
                        + "\",\"hash\":\""
                        + hex.formatHex(hash)
                        + "\",";
        ByteArrayOutputStream out = new ByteArrayOutputStream(front.length() + body.length);
        out.writeBytes(front.getBytes(StandardCharsets.US_ASCII));
        out.write(body, 1, body.length - 1);
        return out.toByteArray();
    }
}
