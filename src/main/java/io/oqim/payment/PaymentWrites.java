package io.oqim.payment;

import io.oqim.store.Write;

/**
 * The statements that change payments. Order numbers are the lock order: claims, payments, the
 * rest.
 */
final class PaymentWrites {
    private PaymentWrites() {}

    static final Write CLAIM =
            new Write(
                    "claim",
                    Write.Stage.GUARD,
                    10,
                    """
                    INSERT INTO idempotency_claim (change, tenant, key, fingerprint, payment, operation)
                    SELECT * FROM :rows AS u
                    ON CONFLICT DO NOTHING RETURNING change""",
                    "change uuid",
                    "tenant bigint",
                    "key text",
                    "fingerprint bytea",
                    "payment uuid",
                    "operation uuid");

    /** Takes a reopened claim (wanted = false), or opens one again (wanted = true). */
    static final Write CLAIM_REOPENED =
            new Write(
                    "claim_reopened",
                    Write.Stage.GUARD,
                    11,
                    """
                    UPDATE idempotency_claim c SET reopened = u.wanted
                    FROM :rows AS u
                    WHERE c.tenant = u.tenant AND c.key = u.key AND c.reopened <> u.wanted RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "key text",
                    "wanted boolean");

    static final Write PAYMENT_UPDATE =
            new Write(
                    "payment_update",
                    Write.Stage.GUARD,
                    20,
                    """
                    UPDATE payment p SET status = u.status, bank = u.bank, authorized = u.authorized,
                        captured = u.captured, refunded = u.refunded, voided = u.voided, pending_capture = u.pending_capture,
                        pending_void = u.pending_void, pending_refund = u.pending_refund,
                        pending_increase = u.pending_increase, lost = u.lost, disputed = u.disputed, disputed_beyond = u.disputed_beyond, fee = u.fee, fee_returned = u.fee_returned, decline = u.decline, failure = u.failure,
                        next_action = u.next_action, in_doubt_since = u.in_doubt_since, in_doubt_by = u.in_doubt_by,
                        in_doubt_operation = u.in_doubt_operation, review = u.review, authorized_until = u.authorized_until,
                        updated_at = u.updated_at, version = u.version
                    FROM :rows AS u
                    WHERE p.tenant = u.tenant AND p.payment = u.payment AND p.version = u.version - 1
                    RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "payment uuid",
                    "version bigint",
                    "status text",
                    "bank text",
                    "authorized bigint",
                    "captured bigint",
                    "refunded bigint",
                    "voided bigint",
                    "pending_capture bigint",
                    "pending_void bigint",
                    "pending_refund bigint",
                    "pending_increase bigint",
                    "lost bigint",
                    "disputed bigint",
                    "disputed_beyond bigint",
                    "fee bigint",
                    "fee_returned bigint",
                    "decline jsonb",
                    "failure jsonb",
                    "next_action jsonb",
                    "in_doubt_since timestamptz",
                    "in_doubt_by timestamptz",
                    "in_doubt_operation uuid",
                    "review text",
                    "authorized_until timestamptz",
                    "updated_at timestamptz");

    static final Write PAYMENT =
            new Write(
                    "payment",
                    Write.Stage.ROW,
                    20,
                    """
                    INSERT INTO payment (tenant, payment, status, amount, currency, capture_method, bank, card_brand,
                        card_first6, card_last4, card_exp_month, card_exp_year, card_hash, token, token_saved, reference, description,
                        metadata, customer, return_url, created_at, updated_at, version)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "payment uuid",
                    "status text",
                    "amount bigint",
                    "currency text",
                    "capture_method text",
                    "bank text",
                    "card_brand text",
                    "card_first6 text",
                    "card_last4 text",
                    "card_exp_month smallint",
                    "card_exp_year smallint",
                    "card_hash bytea",
                    "token uuid",
                    "token_saved boolean",
                    "reference text",
                    "description text",
                    "metadata jsonb",
                    "customer jsonb",
                    "return_url text",
                    "created_at timestamptz",
                    "updated_at timestamptz",
                    "version bigint");

    static final Write OPERATION =
            new Write(
                    "operation",
                    Write.Stage.ROW,
                    30,
                    """
                    INSERT INTO operation (tenant, operation, payment, kind, status, amount, currency, key, cause, final,
                        before, releases, from_balance, created_at, updated_at)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "operation uuid",
                    "payment uuid",
                    "kind text",
                    "status text",
                    "amount bigint",
                    "currency text",
                    "key text",
                    "cause text",
                    "final boolean",
                    "before bigint",
                    "releases bigint",
                    "from_balance boolean",
                    "created_at timestamptz",
                    "updated_at timestamptz");

    static final Write OPERATION_UPDATE =
            new Write(
                    "operation_update",
                    Write.Stage.ROW,
                    31,
                    """
                    UPDATE operation o SET status = u.status, updated_at = u.updated_at
                    FROM :rows AS u
                    WHERE o.tenant = u.tenant AND o.operation = u.operation""",
                    "tenant bigint",
                    "operation uuid",
                    "status text",
                    "updated_at timestamptz");

    /** What was to take the money at once only authorizes it; nothing has left for the bank. */
    static final Write OPERATION_HELD =
            new Write(
                    "operation_held",
                    Write.Stage.ROW,
                    32,
                    """
                    UPDATE operation o SET kind = u.kind
                    FROM :rows AS u
                    WHERE o.tenant = u.tenant AND o.operation = u.operation""",
                    "tenant bigint",
                    "operation uuid",
                    "kind text");

    /** The moment after which no byte leaves is stamped by the database's own clock. */
    static final Write ATTEMPT =
            new Write(
                    "attempt",
                    Write.Stage.ROW,
                    40,
                    """
                    INSERT INTO attempt (tenant, operation, number, payment, bank, reference, state, send_by,
                        next_check_at)
                    SELECT tenant, operation, number, payment, bank, reference, 'sent',
                        clock_timestamp() + make_interval(secs => window_ms / 1000.0),
                        clock_timestamp() + make_interval(secs => abandoned_ms / 1000.0)
                    FROM :rows AS u""",
                    "tenant bigint",
                    "operation uuid",
                    "number smallint",
                    "payment uuid",
                    "bank text",
                    "reference text",
                    "window_ms bigint",
                    "abandoned_ms bigint");

    /** To be sent by a worker, from the moment on that the pause is over. */
    static final Write ATTEMPT_PLANNED =
            new Write(
                    "attempt_planned",
                    Write.Stage.ROW,
                    43,
                    """
                    INSERT INTO attempt (tenant, operation, number, payment, bank, reference, state, send_by,
                        next_check_at, unsettled, unsettled_at)
                    SELECT tenant, operation, number, payment, bank, reference, 'planned', clock_timestamp(),
                        clock_timestamp() + make_interval(secs => in_ms / 1000.0), unsettled,
                        CASE WHEN unsettled IS NOT NULL THEN now() END
                    FROM :rows AS u""",
                    "tenant bigint",
                    "operation uuid",
                    "number smallint",
                    "payment uuid",
                    "bank text",
                    "reference text",
                    "in_ms bigint",
                    "unsettled text");

    /**
     * A bank has approved what had ended, or is about to end, without it: once it has ended so, it
     * is due to be looked at.
     */
    static final Write ATTEMPT_CONTRADICTED =
            new Write(
                    "attempt_contradicted",
                    Write.Stage.ROW,
                    44,
                    """
                    UPDATE attempt a SET contradicted = true, fence = a.fence + 1, leased_until = NULL,
                        updated_at = clock_timestamp(),
                        next_check_at = CASE WHEN a.state IN ('declined', 'rejected', 'reversed')
                            THEN clock_timestamp() ELSE a.next_check_at END
                    FROM :rows AS u
                    WHERE a.tenant = u.tenant AND a.operation = u.operation AND a.number = u.number
                        AND a.state NOT IN ('approved', 'approved_late')""",
                    "tenant bigint",
                    "operation uuid",
                    "number smallint");

    /** What contradicted it was looked at, by whoever has the lease. */
    static final Write ATTEMPT_LOOKED_AT =
            new Write(
                    "attempt_looked_at",
                    Write.Stage.GUARD,
                    31,
                    """
                    UPDATE attempt a SET contradicted = false, updated_at = clock_timestamp(), next_check_at = NULL,
                        leased_until = NULL, unsettled = NULL, unsettled_at = NULL
                    FROM :rows AS u
                    WHERE a.tenant = u.tenant AND a.operation = u.operation AND a.number = u.number
                        AND a.state = u.state AND a.fence = u.fence
                    RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "operation uuid",
                    "number smallint",
                    "state text",
                    "fence bigint");

    /**
     * Before the first byte leaves; whoever has no lease on it any more, does not send. Its age
     * counts from here.
     */
    static final Write ATTEMPT_SENDING =
            new Write(
                    "attempt_sending",
                    Write.Stage.GUARD,
                    30,
                    """
                    UPDATE attempt a SET state = 'sent', leased_until = NULL, updated_at = clock_timestamp(),
                        created_at = clock_timestamp(),
                        send_by = clock_timestamp() + make_interval(secs => u.window_ms / 1000.0),
                        next_check_at = clock_timestamp() + make_interval(secs => u.abandoned_ms / 1000.0)
                    FROM :rows AS u
                    WHERE a.tenant = u.tenant AND a.operation = u.operation AND a.number = u.number
                        AND a.state = 'planned' AND a.fence = u.fence
                    RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "operation uuid",
                    "number smallint",
                    "fence bigint",
                    "window_ms bigint",
                    "abandoned_ms bigint");

    static final Write ATTEMPT_UPDATE =
            new Write(
                    "attempt_update",
                    Write.Stage.ROW,
                    41,
                    """
                    UPDATE attempt a SET state = u.state, bank_reference = u.bank_reference, auth_code = u.auth_code,
                        rrn = u.rrn, bank_code = u.bank_code, updated_at = clock_timestamp(), leased_until = NULL,
                        next_check_at = CASE WHEN u.next_check_ms IS NULL AND a.contradicted
                                AND u.state IN ('declined', 'rejected', 'reversed') THEN clock_timestamp()
                            ELSE clock_timestamp() + make_interval(secs => u.next_check_ms / 1000.0) END,
                        unsettled = CASE WHEN u.next_check_ms IS NOT NULL THEN a.unsettled END,
                        unsettled_at = CASE WHEN u.next_check_ms IS NOT NULL THEN a.unsettled_at END
                    FROM :rows AS u
                    WHERE a.tenant = u.tenant AND a.operation = u.operation AND a.number = u.number""",
                    "tenant bigint",
                    "operation uuid",
                    "number smallint",
                    "state text",
                    "bank_reference text",
                    "auth_code text",
                    "rrn text",
                    "bank_code text",
                    "next_check_ms bigint");

    /** Asked, and nothing new: ask again later. */
    static final Write ATTEMPT_CHECKED =
            new Write(
                    "attempt_checked",
                    Write.Stage.ROW,
                    42,
                    """
                    UPDATE attempt a SET checks = a.checks + 1, updated_at = clock_timestamp(), leased_until = NULL,
                        next_check_at = clock_timestamp() + make_interval(secs => u.next_check_ms / 1000.0)
                    FROM :rows AS u
                    WHERE a.tenant = u.tenant AND a.operation = u.operation AND a.number = u.number
                        AND a.next_check_at IS NOT NULL AND a.state = u.state AND a.fence = u.fence""",
                    "tenant bigint",
                    "operation uuid",
                    "number smallint",
                    "state text",
                    "fence bigint",
                    "next_check_ms bigint");

    static final Write TRACE =
            new Write(
                    "trace",
                    Write.Stage.ROW,
                    50,
                    """
                    INSERT INTO trace (tenant, payment, operation, change, legs)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "payment uuid",
                    "operation uuid",
                    "change uuid",
                    "legs bytea");

    static final Write EVIDENCE =
            new Write(
                    "evidence",
                    Write.Stage.ROW,
                    60,
                    """
                    INSERT INTO evidence (tenant, evidence, payment, operation, number, said)
                    SELECT * FROM :rows AS u""",
                    "tenant bigint",
                    "evidence uuid",
                    "payment uuid",
                    "operation uuid",
                    "number smallint",
                    "said jsonb");

    private static final String RESPONSE_SQL =
            """
            INSERT INTO stored_response (tenant, key, status, body, event_seq)
            SELECT * FROM :rows AS u
            ON CONFLICT DO NOTHING""";

    private static final String[] RESPONSE_COLUMNS = {
        "tenant bigint", "key text", "status smallint", "body bytea", "event_seq bigint"
    };

    /** The answer under a key, with the sequence number of the event that goes with it. */
    static final Write RESPONSE =
            new Write("response", Write.Stage.TAIL, 90, RESPONSE_SQL, RESPONSE_COLUMNS);

    /** The answer under a key when the change has no event: the number is known already. */
    static final Write RESPONSE_KNOWN =
            new Write("response_known", Write.Stage.ROW, 90, RESPONSE_SQL, RESPONSE_COLUMNS);
}
