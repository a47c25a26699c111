-- By itself, and not for long: while it waits for readers of the table, payments wait behind it. Run it again then.
SET LOCAL lock_timeout = '2s';

-- What disputes have taken back, and by how much banks went beyond what was left: a bank takes what it takes, also
-- while a refund is under way. Only what a bank has done makes disputed_beyond grow, so no refund is begun beyond it.
ALTER TABLE payment
    ADD COLUMN disputed bigint NOT NULL DEFAULT 0,
    ADD COLUMN disputed_beyond bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT disputed_within_capture CHECK (disputed BETWEEN 0 AND captured) NOT VALID,
    ADD CONSTRAINT refunds_beside_disputes
        CHECK (disputed_beyond >= 0 AND refunded + pending_refund + disputed <= captured + disputed_beyond) NOT VALID;
