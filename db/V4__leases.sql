-- Who asks a bank about an attempt has a lease on it, judged on this database's clock: no other worker asks
-- meanwhile, and what a worker writes after its lease was given to another is refused by the fence.
ALTER TABLE attempt ADD COLUMN leased_until timestamptz;
ALTER TABLE attempt ADD COLUMN fence bigint NOT NULL DEFAULT 0;

ALTER TABLE payment VALIDATE CONSTRAINT payment_pending_void_check;
ALTER TABLE payment VALIDATE CONSTRAINT capture_within_authorization;
