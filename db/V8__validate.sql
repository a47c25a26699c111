-- Looks at the rules that were added; neither reading nor writing waits for it.
ALTER TABLE operation VALIDATE CONSTRAINT operation_cause;
ALTER TABLE operation VALIDATE CONSTRAINT operation_amounts;
ALTER TABLE operation VALIDATE CONSTRAINT operation_is_somebodys;
ALTER TABLE payment VALIDATE CONSTRAINT payment_pending_increase_check;
ALTER TABLE payment VALIDATE CONSTRAINT authorization_within_limit;
ALTER TABLE attempt VALIDATE CONSTRAINT attempt_state_check;
ALTER TABLE payment VALIDATE CONSTRAINT fee_within_capture;
ALTER TABLE payment VALIDATE CONSTRAINT fee_returned_within_fee;
ALTER TABLE payment VALIDATE CONSTRAINT capture_within_authorization;
