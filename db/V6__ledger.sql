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
ALTER TABLE tenant
    ADD COLUMN settlement_delay      integer CHECK (settlement_delay >= 0),
    ADD COLUMN refund_beyond_balance boolean NOT NULL DEFAULT true,
    ADD COLUMN fees                  jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fees) = 'object');

GRANT SELECT, INSERT, DELETE ON maturing TO ${run_role};
