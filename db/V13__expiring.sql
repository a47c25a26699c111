-- An authorization has an end while it holds something.
UPDATE payment SET authorized_until = NULL
    WHERE authorized_until IS NOT NULL AND status NOT IN ('authorized', 'partially_captured');
CREATE INDEX payment_expiring ON payment (authorized_until) WHERE authorized_until IS NOT NULL;
