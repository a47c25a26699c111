-- Fees of a payment, and what of them was given back.
ALTER TABLE payment
    ADD COLUMN fee          bigint NOT NULL DEFAULT 0,
    ADD COLUMN fee_returned bigint NOT NULL DEFAULT 0;
ALTER TABLE payment ADD CONSTRAINT fee_within_capture CHECK (fee BETWEEN 0 AND captured) NOT VALID;
ALTER TABLE payment ADD CONSTRAINT fee_returned_within_fee CHECK (fee_returned BETWEEN 0 AND fee) NOT VALID;

-- What is kept of the available balance for refunds under way, of tenants that may not refund beyond it.
ALTER TABLE ledger_balance ADD COLUMN reserved numeric(24) NOT NULL DEFAULT 0 CHECK (reserved >= 0);
ALTER TABLE operation ADD COLUMN from_balance boolean NOT NULL DEFAULT false;

-- What was captured and becomes available later. A row is removed when it is posted.
CREATE TABLE maturing (
    tenant     bigint NOT NULL,
    operation  uuid NOT NULL,
    payment    uuid NOT NULL,
    currency   text NOT NULL,
    amount     bigint NOT NULL CHECK (amount > 0),
    due_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant, operation)
);
CREATE INDEX maturing_due ON maturing (due_at);
-- Refunds of before were charged to what is pending.
INSERT INTO maturing (tenant, operation, payment, currency, amount, due_at)
SELECT tenant, (array_agg(operation) FILTER (WHERE kind = 'capture'))[1], payment, min(currency),
    sum(CASE kind WHEN 'capture' THEN amount WHEN 'refund' THEN -amount ELSE 0 END), now() + interval '1 day'
FROM posting GROUP BY tenant, payment
HAVING sum(CASE kind WHEN 'capture' THEN amount WHEN 'refund' THEN -amount ELSE 0 END) > 0;

CREATE INDEX posting_by_time ON posting (tenant, created_at, posting);

ALTER TABLE tenant
    ADD COLUMN settlement_delay      integer CHECK (settlement_delay >= 0),
    ADD COLUMN refund_beyond_balance boolean NOT NULL DEFAULT true,
    ADD COLUMN fees                  jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fees) = 'object');

GRANT SELECT, INSERT, DELETE ON maturing TO ${run_role};

ALTER TABLE operation VALIDATE CONSTRAINT operation_cause;
ALTER TABLE operation VALIDATE CONSTRAINT operation_amounts;
ALTER TABLE operation VALIDATE CONSTRAINT operation_is_somebodys;
ALTER TABLE payment VALIDATE CONSTRAINT payment_pending_increase_check;
ALTER TABLE payment VALIDATE CONSTRAINT authorization_within_limit;
ALTER TABLE attempt VALIDATE CONSTRAINT attempt_state_check;
