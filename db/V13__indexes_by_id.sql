-- Keys that begin with an id, which begins with its time, grow at their right end alone: one page of each index is
-- at work however many tenants there are, and a row finds its place there without a search. The tenant stays a part
-- of every key, so that tables can be distributed by it. Building an index keeps writers of its table out, not readers.
CREATE UNIQUE INDEX operation_by_id ON operation (operation, tenant);
CREATE INDEX operation_of_payment ON operation (payment, tenant);
CREATE UNIQUE INDEX attempt_by_id ON attempt (operation, number, tenant);
CREATE UNIQUE INDEX attempt_by_reference ON attempt (reference, bank, tenant);
CREATE UNIQUE INDEX trace_by_id ON trace (payment, operation, change, tenant);
-- An entry is told by its operation and kind, of which there is one: the same money is never posted twice.
CREATE UNIQUE INDEX posting_by_operation ON posting (operation, kind, tenant);
CREATE UNIQUE INDEX maturing_by_id ON maturing (operation, tenant);

-- An authorization has an end while it holds something.
UPDATE payment SET authorized_until = NULL
    WHERE authorized_until IS NOT NULL AND status NOT IN ('authorized', 'partially_captured');
CREATE INDEX payment_expiring ON payment (authorized_until) WHERE authorized_until IS NOT NULL;
