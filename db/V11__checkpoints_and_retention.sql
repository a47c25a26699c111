-- Keys with which checkpoints are signed; the public part of each that ever was, so that what it signed can be
-- verified for ever.
CREATE TABLE signing_key (
    tenant      bigint NOT NULL DEFAULT 0,
    key         text NOT NULL CHECK (key ~ '^[0-9a-f]{16}$'),
    public_key  bytea NOT NULL CHECK (length(public_key) = 32),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, key)
);

-- What Oqim says, and signs, of how far a log had come. Never changed.
CREATE TABLE checkpoint (
    tenant      bigint NOT NULL,
    seq         bigint NOT NULL CHECK (seq > 0),
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    signed_at   timestamptz NOT NULL,
    key         text NOT NULL,
    signature   bytea NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (tenant, seq)
);

-- Where a log begins, once what is older was removed: the first number that is kept, and the hash of the event
-- before it, for which there is a checkpoint.
CREATE TABLE event_floor (
    tenant      bigint PRIMARY KEY,
    oldest      bigint NOT NULL CHECK (oldest > 1),
    prev_hash   bytea NOT NULL CHECK (length(prev_hash) = 32),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT ON signing_key, checkpoint TO ${run_role};
GRANT SELECT ON event_floor TO ${run_role};
