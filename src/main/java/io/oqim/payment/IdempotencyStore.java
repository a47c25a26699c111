package io.oqim.payment;

import io.oqim.store.Database;
import java.util.Optional;
import java.util.UUID;

/** Reads of idempotency claims and of the answers stored under them. */
final class IdempotencyStore {
    private final Database database;

    IdempotencyStore(Database database) {
        this.database = database;
    }

    /**
     * What is known under a key.
     *
     * @param abandoned whether the process that won it is overdue with its result
     */
    record Claim(
            byte[] fingerprint,
            UUID payment,
            UUID operation,
            boolean reopened,
            boolean abandoned,
            Optional<Stored> stored) {}

    /** An answer that was given. */
    record Stored(int status, byte[] body, long eventSeq) {}

    Optional<Claim> find(long tenant, String key) {
        return database.first(
                """
                SELECT c.fingerprint, c.payment, c.operation, c.reopened, r.status, r.body, r.event_seq,
                    EXISTS (SELECT FROM attempt a WHERE a.tenant = c.tenant AND a.operation = c.operation
                        AND a.next_check_at <= clock_timestamp()) AS abandoned
                FROM idempotency_claim c LEFT JOIN stored_response r ON r.tenant = c.tenant AND r.key = c.key
                WHERE c.tenant = ? AND c.key = ?""",
                row -> {
                    byte[] body = row.getBytes("body");
                    return new Claim(
                            row.getBytes("fingerprint"),
                            row.getObject("payment", UUID.class),
                            row.getObject("operation", UUID.class),
                            row.getBoolean("reopened"),
                            row.getBoolean("abandoned"),
                            body == null
                                    ? Optional.empty()
                                    : Optional.of(
                                            new Stored(
                                                    row.getInt("status"),
                                                    body,
                                                    row.getLong("event_seq"))));
                },
                tenant,
                key);
    }
}
