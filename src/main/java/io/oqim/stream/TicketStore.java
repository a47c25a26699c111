package io.oqim.stream;

import io.oqim.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/** The table stream_ticket. */
final class TicketStore {
    private final Database database;

    TicketStore(Database database) {
        this.database = database;
    }

    /**
     * What a ticket stands for.
     *
     * @param origin the only one from which it may be used, if it says one
     */
    record Ticket(long tenant, UUID key, Optional<String> origin) {}

    /** Keeps a ticket; returns until when it can be used, on the database's clock. */
    Instant add(byte[] secretHash, Ticket ticket, Duration life) {
        return database.first(
                        """
                        INSERT INTO stream_ticket (tenant, secret_hash, key, origin, expires_at)
                        VALUES (?, ?, ?, nullif(?, ''), now() + make_interval(secs => ?)) RETURNING expires_at""",
                        row -> row.getObject(1, OffsetDateTime.class).toInstant(),
                        ticket.tenant(),
                        secretHash,
                        ticket.key(),
                        ticket.origin().orElse(""),
                        life.toMillis() / 1000.0)
                .orElseThrow();
    }

    /** Takes a ticket, which then is gone; empty when there is none, or its time or key is over. */
    Optional<Ticket> take(byte[] secretHash) {
        return database.first(
                """
                WITH taken AS (
                    DELETE FROM stream_ticket WHERE secret_hash = ? RETURNING tenant, key, origin, expires_at)
                SELECT t.tenant, t.key, t.origin FROM taken t JOIN api_key k ON k.tenant = t.tenant AND k.key = t.key
                WHERE t.expires_at > now() AND k.revoked_at IS NULL""",
                row ->
                        new Ticket(
                                row.getLong(1),
                                row.getObject(2, UUID.class),
                                Optional.ofNullable(row.getString(3))),
                secretHash);
    }
}
