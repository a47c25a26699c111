-- The rules by which a tenant's payments are judged. Versions are added, and never changed.
CREATE TABLE risk_rules (
    tenant      bigint NOT NULL,
    version     bigint NOT NULL CHECK (version > 0),
    -- As the API shows them.
    rules       jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, version)
);

GRANT SELECT, INSERT ON risk_rules TO ${run_role};
