-- Answers under idempotency keys are removed when they are old (upkeep.keep-answers): found by their time
-- without reading the table. Rows come in the order of time, so a few pages of index do.
CREATE INDEX stored_response_by_time ON stored_response USING brin (created_at);
