-- By itself, and not for long: while it waits for readers of the table, requests wait behind it. Run it again then.
SET LOCAL lock_timeout = '2s';

-- Lists have a scope of their own. Keys that are good for everything are good for these too.
ALTER TABLE api_key
    DROP CONSTRAINT api_key_scopes_check,
    ADD CONSTRAINT api_key_scopes_check
        CHECK (cardinality(scopes) > 0 AND scopes <@ '{read,pay,refund,endpoints,risk}'),
    ALTER COLUMN scopes SET DEFAULT '{read,pay,refund,endpoints,risk}';
UPDATE api_key SET scopes = scopes || '{risk}' WHERE scopes @> '{read,pay,refund,endpoints}' AND NOT scopes @> '{risk}';
