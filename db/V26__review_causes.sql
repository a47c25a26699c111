-- By itself, and not for long: while it waits for readers of the table, payments wait behind it. Run it again then.
SET LOCAL lock_timeout = '2s';

-- What Oqim begins because a person has looked at a payment.
ALTER TABLE operation
    DROP CONSTRAINT operation_cause,
    ADD CONSTRAINT operation_cause CHECK (cause IN (
        'merchant', 'final_capture', 'expiry', 'late_approval', 'acceptance', 'rejection')) NOT VALID;
