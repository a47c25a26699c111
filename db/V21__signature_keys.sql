-- By itself, and not for long: while it waits for readers of the table, requests wait behind it. Run it again then.
SET LOCAL lock_timeout = '2s';

-- Keys with which a tenant signs its requests (RFC 9421). Of hmac-sha256, the secret is derived from crypto.key and
-- the key's id, and kept nowhere; of ed25519 the tenant has told its public key.
CREATE TABLE signature_key (
    tenant      bigint NOT NULL,
    key         uuid NOT NULL,
    slot        smallint NOT NULL CHECK (slot BETWEEN 1 AND 4),
    algorithm   text NOT NULL CHECK (algorithm IN ('hmac-sha256', 'ed25519')),
    public_key  bytea CHECK (length(public_key) = 32),
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz,
    PRIMARY KEY (tenant, key),
    CHECK ((algorithm = 'ed25519') = (public_key IS NOT NULL))
);
CREATE UNIQUE INDEX signature_key_active_slot ON signature_key (tenant, slot) WHERE revoked_at IS NULL;

-- Whether requests without a signature are refused.
ALTER TABLE tenant ADD COLUMN require_signatures boolean NOT NULL DEFAULT false;

GRANT SELECT, INSERT ON signature_key TO ${run_role};
GRANT UPDATE (revoked_at) ON signature_key TO ${run_role};
