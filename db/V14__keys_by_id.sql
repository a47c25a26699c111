-- The indexes that were built take the places of those before.
ALTER TABLE operation DROP CONSTRAINT operation_pkey;
ALTER TABLE operation ADD CONSTRAINT operation_pkey PRIMARY KEY USING INDEX operation_by_id;
DROP INDEX operation_by_payment;
ALTER INDEX operation_of_payment RENAME TO operation_by_payment;

ALTER TABLE attempt DROP CONSTRAINT attempt_pkey;
ALTER TABLE attempt ADD CONSTRAINT attempt_pkey PRIMARY KEY USING INDEX attempt_by_id;
DROP INDEX attempt_reference;
ALTER INDEX attempt_by_reference RENAME TO attempt_reference;

ALTER TABLE trace DROP CONSTRAINT trace_pkey;
ALTER TABLE trace ADD CONSTRAINT trace_pkey PRIMARY KEY USING INDEX trace_by_id;

ALTER TABLE posting DROP CONSTRAINT posting_pkey;
DROP INDEX posting_once;
ALTER TABLE posting ADD CONSTRAINT posting_once PRIMARY KEY USING INDEX posting_by_operation;

ALTER TABLE maturing DROP CONSTRAINT maturing_pkey;
ALTER TABLE maturing ADD CONSTRAINT maturing_pkey PRIMARY KEY USING INDEX maturing_by_id;
