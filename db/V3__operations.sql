-- A void that is under way keeps what it will release from being captured meanwhile. Rules are added without
-- reading the table, and looked at in the next migration, which locks nobody out.
ALTER TABLE payment ADD COLUMN pending_void bigint NOT NULL DEFAULT 0;
ALTER TABLE payment ADD CONSTRAINT payment_pending_void_check CHECK (pending_void >= 0) NOT VALID;
ALTER TABLE payment DROP CONSTRAINT capture_within_authorization;
ALTER TABLE payment ADD CONSTRAINT capture_within_authorization
    CHECK (captured + pending_capture + voided + pending_void <= authorized) NOT VALID;
