-- Answers under idempotency keys are removed when they are old (upkeep.keep-answers): found by their time
-- without reading the table. Rows come in the order of time, so a few pages of index do.
CREATE INDEX stored_response_by_time ON stored_response USING brin (created_at);

-- The resolver looks bank by bank, so that one that is down keeps no other from being asked.
CREATE INDEX attempt_due_by_bank ON attempt (bank, next_check_at) WHERE next_check_at IS NOT NULL;
DROP INDEX attempt_due;

-- Never written.
ALTER TABLE attempt DROP COLUMN bank_message;
