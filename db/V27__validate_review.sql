-- Reads the whole tables, beside payments.
ALTER TABLE payment VALIDATE CONSTRAINT payment_review;
ALTER TABLE payment VALIDATE CONSTRAINT nothing_captured_in_review;
ALTER TABLE operation VALIDATE CONSTRAINT operation_cause;
