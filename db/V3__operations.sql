-- A void that is under way keeps what it will release from being captured meanwhile.
ALTER TABLE payment ADD COLUMN pending_void bigint NOT NULL DEFAULT 0 CHECK (pending_void >= 0);
ALTER TABLE payment DROP CONSTRAINT capture_within_authorization;
ALTER TABLE payment ADD CONSTRAINT capture_within_authorization
    CHECK (captured + pending_capture + voided + pending_void <= authorized);
