-- By itself, and not for long: while it waits for readers of the table, payments wait behind it. Run it again then.
SET LOCAL lock_timeout = '2s';

-- The token by which a payment was paid, or under which it saved its card.
ALTER TABLE payment ADD COLUMN token uuid, ADD COLUMN token_saved boolean NOT NULL DEFAULT false;
