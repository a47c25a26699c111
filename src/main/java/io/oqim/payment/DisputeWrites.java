package io.oqim.payment;

import io.oqim.store.Write;

/** The statements that change disputes; locked after payments. */
final class DisputeWrites {
    private DisputeWrites() {}

    /** One of a bank's name, once. */
    static final Write DISPUTE =
            new Write(
                    "dispute",
                    Write.Stage.GUARD,
                    25,
                    """
                    INSERT INTO dispute (change, tenant, dispute, payment, operation, bank, bank_dispute, round, bank_seq, status,
                        amount, currency, reason, respond_by, created_at, updated_at, version)
                    SELECT * FROM :rows AS u
                    ON CONFLICT DO NOTHING RETURNING change""",
                    "change uuid",
                    "tenant bigint",
                    "dispute uuid",
                    "payment uuid",
                    "operation uuid",
                    "bank text",
                    "bank_dispute text",
                    "round smallint",
                    "bank_seq bigint",
                    "status text",
                    "amount bigint",
                    "currency text",
                    "reason text",
                    "respond_by timestamptz",
                    "created_at timestamptz",
                    "updated_at timestamptz",
                    "version bigint");

    /** What is sent is sent at once; what is not is not sent any more. */
    static final Write DISPUTE_UPDATE =
            new Write(
                    "dispute_update",
                    Write.Stage.GUARD,
                    26,
                    """
                    UPDATE dispute d SET bank_seq = u.bank_seq, status = u.status, expired = u.expired, reason = u.reason,
                        respond_by = u.respond_by, response = u.response,
                        next_send_at = CASE WHEN u.sending THEN coalesce(d.next_send_at, now()) END,
                        sends = CASE WHEN u.sending THEN d.sends ELSE 0 END,
                        updated_at = u.updated_at, version = u.version
                    FROM :rows AS u
                    WHERE d.tenant = u.tenant AND d.dispute = u.dispute AND d.version = u.version - 1
                    RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "dispute uuid",
                    "version bigint",
                    "bank_seq bigint",
                    "status text",
                    "expired boolean",
                    "reason text",
                    "respond_by timestamptz",
                    "response jsonb",
                    "sending boolean",
                    "updated_at timestamptz");

    static final Write FILE =
            new Write(
                    "dispute_file",
                    Write.Stage.ROW,
                    61,
                    """
                    INSERT INTO dispute_file (tenant, file, dispute, name, type, size, parts, sha256, created_at)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "file uuid",
                    "dispute uuid",
                    "name text",
                    "type text",
                    "size bigint",
                    "parts integer",
                    "sha256 bytea",
                    "created_at timestamptz");

    static final Write PART =
            new Write(
                    "dispute_file_part",
                    Write.Stage.ROW,
                    62,
                    """
                    INSERT INTO dispute_file_part (tenant, file, number, data)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "file uuid",
                    "number integer",
                    "data bytea");
}
