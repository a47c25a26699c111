-- Whom a tenant refuses, or takes whatever the limits say.
CREATE TABLE risk_entry (
    tenant      bigint NOT NULL,
    entry       uuid NOT NULL,
    list        text NOT NULL CHECK (list IN ('block', 'allow')),
    kind        text NOT NULL CHECK (kind IN ('card', 'bin', 'country', 'email', 'ip')),
    -- Of cards and email addresses a keyed hash, in hexadecimal.
    value       text NOT NULL CHECK (length(value) BETWEEN 1 AND 100),
    -- What may be shown of it.
    shown       text NOT NULL CHECK (length(shown) BETWEEN 1 AND 300),
    reason      text CHECK (length(reason) BETWEEN 1 AND 200),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    PRIMARY KEY (tenant, entry),
    UNIQUE (tenant, list, kind, value)
);

-- Grows with each change of what a tenant's risk is judged by, so that processes see whether what they know is old.
CREATE TABLE risk_version (
    tenant   bigint PRIMARY KEY,
    version  bigint NOT NULL CHECK (version > 0)
);

GRANT SELECT, INSERT, DELETE ON risk_entry TO ${run_role};
GRANT UPDATE (reason, expires_at) ON risk_entry TO ${run_role};
GRANT SELECT, INSERT, UPDATE ON risk_version TO ${run_role};
