package io.oqim.vault;

import io.oqim.store.Write;

/** What a payment writes of the card that it saves, in its own commits. */
final class TokenWrites {
    private TokenWrites() {}

    static final Write SAVE =
            new Write(
                    "token",
                    Write.Stage.ROW,
                    15,
                    """
                    INSERT INTO token (tenant, token, status, data_key, sealed, brand, first6, last4, exp_month,
                        exp_year, card_hash, customer, payment, created_at)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "token uuid",
                    "status text",
                    "data_key uuid",
                    "sealed bytea",
                    "brand text",
                    "first6 text",
                    "last4 text",
                    "exp_month smallint",
                    "exp_year smallint",
                    "card_hash bytea",
                    "customer text",
                    "payment uuid",
                    "created_at timestamptz");

    /** Its payment was approved. */
    static final Write APPROVE =
            new Write(
                    "token_approve",
                    Write.Stage.ROW,
                    35,
                    """
                    UPDATE token t SET status = 'active'
                    FROM :rows AS u
                    WHERE t.tenant = u.tenant AND t.token = u.token AND t.status = 'pending'
                        AND t.payment = u.payment""",
                    "tenant bigint",
                    "token uuid",
                    "payment uuid");

    /** Its payment came to nothing, and so does what was saved with it. */
    static final Write DISCARD =
            new Write(
                    "token_discard",
                    Write.Stage.ROW,
                    36,
                    """
                    DELETE FROM token t USING :rows AS u
                    WHERE t.tenant = u.tenant AND t.token = u.token AND t.status = 'pending'
                        AND t.payment = u.payment""",
                    "tenant bigint",
                    "token uuid",
                    "payment uuid");
}
