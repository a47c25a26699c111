-- Reads the whole table, beside payments.
ALTER TABLE payment VALIDATE CONSTRAINT disputed_within_capture;
ALTER TABLE payment VALIDATE CONSTRAINT refunds_beside_disputes;
