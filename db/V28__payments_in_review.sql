-- Beside payments, which may take a while: not in a transaction. One that was broken off is made anew.
-- What it asks of a row is nothing that changes with the status, which must not touch an index (V12).
DROP INDEX CONCURRENTLY IF EXISTS payment_in_review;
CREATE INDEX CONCURRENTLY payment_in_review ON payment (tenant, payment) WHERE review = 'pending';
