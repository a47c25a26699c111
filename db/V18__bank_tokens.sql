-- By itself, and not for long: while it waits for readers of the table, payments wait behind it. Run it again then.
SET LOCAL lock_timeout = '2s';

-- Of a payment by a token of its bank no card is known; card_hash is the keyed hash of the token then.
ALTER TABLE payment
    ALTER COLUMN card_brand DROP NOT NULL,
    ALTER COLUMN card_first6 DROP NOT NULL,
    ALTER COLUMN card_last4 DROP NOT NULL,
    ALTER COLUMN card_exp_month DROP NOT NULL,
    ALTER COLUMN card_exp_year DROP NOT NULL,
    ADD CONSTRAINT payment_card_whole
        CHECK (num_nonnulls(card_brand, card_first6, card_last4, card_exp_month, card_exp_year) IN (0, 5)
            AND (card_brand IS NOT NULL OR token IS NULL)) NOT VALID;
