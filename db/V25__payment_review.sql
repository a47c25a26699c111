-- By itself, and not for long: while it waits for readers of the table, payments wait behind it. Run it again then.
SET LOCAL lock_timeout = '2s';

-- What a person made of a payment that a rule wanted to be looked at. Until it is accepted, nothing of it is captured.
ALTER TABLE payment
    ADD COLUMN review text,
    ADD CONSTRAINT payment_review CHECK (review IN ('pending', 'accepted', 'rejected', 'closed')) NOT VALID,
    ADD CONSTRAINT nothing_captured_in_review
        CHECK (review NOT IN ('pending', 'rejected') OR captured + pending_capture = 0) NOT VALID;
