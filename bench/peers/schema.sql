-- What each peer keeps of a payment: the same rows for all of them.
CREATE TABLE api_key (secret text PRIMARY KEY, tenant bigint NOT NULL);
CREATE TABLE claim (
    tenant bigint NOT NULL, key text NOT NULL, fingerprint bytea NOT NULL, payment uuid NOT NULL,
    created timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (tenant, key));
CREATE TABLE payment (
    tenant bigint NOT NULL, id uuid NOT NULL, status text NOT NULL, amount bigint NOT NULL, currency text NOT NULL,
    reference text, first6 text NOT NULL, last4 text NOT NULL, bank_reference text, auth_code text,
    created timestamptz NOT NULL DEFAULT now(), updated timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, id));
CREATE TABLE posting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant bigint NOT NULL, payment uuid NOT NULL,
    debit text NOT NULL, credit text NOT NULL, amount bigint NOT NULL CHECK (amount > 0), currency text NOT NULL,
    created timestamptz NOT NULL DEFAULT now());
CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant bigint NOT NULL, payment uuid NOT NULL,
    type text NOT NULL, body text NOT NULL, created timestamptz NOT NULL DEFAULT now());
CREATE TABLE stored_response (
    tenant bigint NOT NULL, key text NOT NULL, status integer NOT NULL, body text NOT NULL,
    created timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (tenant, key));
