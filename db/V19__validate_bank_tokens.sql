-- Reads the whole table, beside payments.
ALTER TABLE payment VALIDATE CONSTRAINT payment_card_whole;
