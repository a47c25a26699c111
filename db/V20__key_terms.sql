-- By itself, and not for long: while it waits for readers of the table, requests wait behind it. Run it again then.
SET LOCAL lock_timeout = '2s';

-- What a key may be used for and from where, until when, and when it last was.
ALTER TABLE api_key
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{read,pay,refund,endpoints}'
        CHECK (cardinality(scopes) > 0 AND scopes <@ '{read,pay,refund,endpoints}'),
    -- Ranges of addresses (RFC 4632); none is from anywhere.
    ADD COLUMN allowed_ips text[] NOT NULL DEFAULT '{}',
    -- Of a key that another one takes the place of.
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN last_used_from text;

GRANT UPDATE (scopes, allowed_ips, expires_at, last_used_at, last_used_from) ON api_key TO ${run_role};
