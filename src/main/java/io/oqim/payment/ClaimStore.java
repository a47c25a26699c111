package io.oqim.payment;

import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Reads of idempotency claims and of the answers stored under them. */
final class ClaimStore {
    /** What a key stands for that was canceled before anything of it was stored. */
    static final UUID NOTHING = new UUID(0, 0);

    private final Database database;

    ClaimStore(Database database) {
        this.database = database;
    }

    /**
     * What is on disk under a key.
     *
     * @param reopened it was proved that no byte left: the next try goes on with the same payment
     * @param atWork whether a process may still be sending, or waiting for the bank's first answer
     */
    record Claim(
            byte[] fingerprint,
            UUID payment,
            UUID operation,
            boolean reopened,
            boolean atWork,
            Optional<Answer.Given> stored) {
        /** Whether it was canceled before anything of it was stored. */
        boolean barred() {
            return payment.equals(NOTHING);
        }
    }

    Optional<Claim> find(long tenant, String key) {
        return database.first(
                """
                SELECT c.fingerprint, c.payment, c.operation, c.reopened,
                    o.kind IN ('authorize', 'sale') AND o.key = c.key AS opens, r.status, r.body, r.event_seq,
                    EXISTS (SELECT FROM attempt a WHERE a.tenant = c.tenant AND a.operation = c.operation
                        AND a.state = 'sent' AND a.next_check_at > clock_timestamp()) AS at_work
                FROM idempotency_claim c LEFT JOIN stored_response r ON r.tenant = c.tenant AND r.key = c.key
                    LEFT JOIN operation o ON o.tenant = c.tenant AND o.operation = c.operation
                WHERE c.tenant = ? AND c.key = ?""",
                ClaimStore::claim,
                tenant,
                key);
    }

    private static Claim claim(ResultSet row) throws SQLException {
        UUID payment = row.getObject("payment", UUID.class);
        UUID operation = row.getObject("operation", UUID.class);
        byte[] body = row.getBytes("body");
        return new Claim(
                row.getBytes("fingerprint"),
                payment,
                operation,
                row.getBoolean("reopened"),
                row.getBoolean("at_work"),
                body == null
                        ? Optional.empty()
                        : Optional.of(
                                new Answer.Given(
                                        row.getInt("status"),
                                        body,
                                        row.getLong("event_seq"),
                                        payment,
                                        row.getBoolean("opens")
                                                ? AnswerBody.location(payment)
                                                : AnswerBody.operationLocation(operation),
                                        true)));
    }
}
