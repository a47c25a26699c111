-- Reads and indexes, without the locks of the changes before. Building an index keeps writers of its table out,
-- not readers.
-- Refunds of before were charged to what is pending.
INSERT INTO maturing (tenant, operation, payment, currency, amount, due_at)
SELECT tenant, (array_agg(operation) FILTER (WHERE kind = 'capture'))[1], payment, min(currency),
    sum(CASE kind WHEN 'capture' THEN amount WHEN 'refund' THEN -amount ELSE 0 END), now() + interval '1 day'
FROM posting GROUP BY tenant, payment
HAVING sum(CASE kind WHEN 'capture' THEN amount WHEN 'refund' THEN -amount ELSE 0 END) > 0;

CREATE INDEX posting_by_time ON posting (tenant, created_at, posting);
CREATE INDEX posting_by_payment ON posting (tenant, payment);
CREATE INDEX payment_expiring ON payment (authorized_until) WHERE status IN ('authorized', 'partially_captured');
CREATE INDEX attempt_unsettled ON attempt (operation) WHERE unsettled IS NOT NULL;
