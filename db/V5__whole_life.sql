-- Operations that Oqim begins itself say why: they have no idempotency key. A final capture keeps the rest for
-- the release that follows it; an adjustment says what was authorized before. No table is read under the locks that
-- these changes take: rules are looked at, and indexes built, in the migrations after them.
ALTER TABLE operation
    ADD COLUMN cause    text NOT NULL DEFAULT 'merchant',
    ADD COLUMN final    boolean NOT NULL DEFAULT false,
    ADD COLUMN before   bigint NOT NULL DEFAULT 0,
    ADD COLUMN releases bigint NOT NULL DEFAULT 0;
ALTER TABLE operation ADD CONSTRAINT operation_cause CHECK (cause IN (
    'merchant', 'final_capture', 'expiry', 'late_approval')) NOT VALID;
ALTER TABLE operation ADD CONSTRAINT operation_amounts CHECK (before >= 0 AND releases >= 0) NOT VALID;
ALTER TABLE operation ADD CONSTRAINT operation_is_somebodys CHECK (cause <> 'merchant' OR key IS NOT NULL) NOT VALID;

ALTER TABLE payment ADD COLUMN pending_increase bigint NOT NULL DEFAULT 0;
ALTER TABLE payment ADD CONSTRAINT payment_pending_increase_check CHECK (pending_increase >= 0) NOT VALID;
-- What captures that were approved too late have used up of the authorization.
ALTER TABLE payment ADD COLUMN lost bigint NOT NULL DEFAULT 0;
ALTER TABLE payment DROP CONSTRAINT capture_within_authorization;
ALTER TABLE payment ADD CONSTRAINT capture_within_authorization
    CHECK (lost >= 0 AND captured + pending_capture + voided + pending_void + lost <= authorized) NOT VALID;
ALTER TABLE payment DROP CONSTRAINT authorization_within_limit;
ALTER TABLE payment ADD CONSTRAINT authorization_within_limit
    CHECK (authorized + pending_increase <= 999999999999) NOT VALID;

ALTER TABLE attempt DROP CONSTRAINT attempt_state_check;
ALTER TABLE attempt ADD CONSTRAINT attempt_state_check CHECK (state IN (
    'planned', 'sent', 'not_sent', 'approved', 'approved_late', 'declined', 'rejected', 'pending', 'unknown',
    'voiding', 'reversed')) NOT VALID;

-- When what is authorized and not captured is released. Authorizations of before wait without end, as they were
-- promised.
ALTER TABLE payment ADD COLUMN authorized_until timestamptz;

-- What a person has to look at, because asking the bank does not settle it.
ALTER TABLE attempt ADD COLUMN unsettled text, ADD COLUMN unsettled_at timestamptz;
-- A bank has approved what ended, or is about to end, without it.
ALTER TABLE attempt ADD COLUMN contradicted boolean NOT NULL DEFAULT false;

-- What holds for one tenant in particular; null is what is configured.
ALTER TABLE tenant
    ADD COLUMN resolve_within integer CHECK (resolve_within > 0),
    ADD COLUMN on_deadline    text NOT NULL DEFAULT 'settle' CHECK (on_deadline IN ('settle', 'reverse'));
