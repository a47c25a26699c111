-- An event need not be about a payment.
ALTER TABLE event ALTER COLUMN payment DROP NOT NULL;

-- How far a consumer that has a name has dealt with the log. The epoch is that of the log when it said so: in
-- another one, what it says next may be less.
CREATE TABLE consumer (
    tenant      bigint NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    epoch       uuid NOT NULL,
    seq         bigint NOT NULL CHECK (seq >= 0),
    -- Of the event with that number.
    hash        bytea CHECK (length(hash) = 32),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, name)
) WITH (fillfactor = 80);

-- What a browser opens a stream with, once, because it cannot send a key. Removed when it is used; the rest is
-- swept.
CREATE TABLE stream_ticket (
    tenant       bigint NOT NULL,
    secret_hash  bytea NOT NULL CHECK (length(secret_hash) = 32),
    key          uuid NOT NULL,
    origin       text CHECK (length(origin) BETWEEN 1 AND 300),
    expires_at   timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, secret_hash)
);
CREATE UNIQUE INDEX stream_ticket_secret ON stream_ticket (secret_hash);
CREATE INDEX stream_ticket_by_time ON stream_ticket USING brin (created_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON consumer TO ${run_role};
GRANT SELECT, INSERT, DELETE ON stream_ticket TO ${run_role};

-- Streams that are open ask once in a while whether the key that opened them still is good.
CREATE UNIQUE INDEX api_key_by_id ON api_key (key);
