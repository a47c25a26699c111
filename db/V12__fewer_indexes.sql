-- What each row costs is mostly its indexes. Nothing is read here; the next migrations do that.

-- Payments are listed by their ids, which begin with the time of their creation.
DROP INDEX payment_by_time;

-- Entries of a payment are found by its operations.
DROP INDEX posting_by_payment;

-- A change of status touches no index any more, so that it can stay on its page, where there is room for it.
DROP INDEX payment_expiring;
ALTER TABLE payment SET (fillfactor = 60);
ALTER TABLE operation SET (fillfactor = 60);
