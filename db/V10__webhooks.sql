-- An endpoint is a cursor on its tenant's log: what is above has not been looked at, what is not above was
-- delivered, held back by the filter, or has a row in webhook_delivery.
CREATE TABLE webhook_endpoint (
    tenant         bigint NOT NULL,
    endpoint       uuid NOT NULL,
    url            text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    description    text CHECK (length(description) BETWEEN 1 AND 500),
    types          text[] NOT NULL,
    -- Whether an event waits for the earlier ones of its payment.
    ordered        boolean NOT NULL,
    status         text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled')),
    reason         text CHECK (reason IN ('requested', 'gone', 'failing', 'overtaken')),
    changed_at     timestamptz NOT NULL DEFAULT now(),
    cursor         bigint NOT NULL CHECK (cursor >= 0),
    -- Since when nothing has got through, and how often in a row.
    failing_since  timestamptz,
    failures       integer NOT NULL DEFAULT 0,
    -- Whether anything ever has.
    proven         boolean NOT NULL DEFAULT false,
    -- The receiver asked to be left alone until then.
    paused_until   timestamptz,
    leased_until   timestamptz,
    fence          bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, endpoint),
    CONSTRAINT disabled_has_a_reason CHECK ((status = 'disabled') = (reason IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX webhook_endpoint_enabled ON webhook_endpoint (tenant) WHERE status = 'enabled';

-- What signs. The secret itself is derived from the configured key and this id, and kept nowhere.
CREATE TABLE webhook_secret (
    tenant      bigint NOT NULL,
    endpoint    uuid NOT NULL,
    secret      uuid NOT NULL,
    -- After a rotation, until when the old one signs too.
    expires_at  timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, endpoint, secret)
);

-- Events that are being sent, or could not be delivered: a row is removed when the receiver has taken it.
CREATE TABLE webhook_delivery (
    tenant     bigint NOT NULL,
    endpoint   uuid NOT NULL,
    seq        bigint NOT NULL,
    event      uuid NOT NULL,
    type       text NOT NULL,
    payment    uuid,
    attempts   integer NOT NULL DEFAULT 0,
    -- When it is tried next; null when it was given up. While it is being sent, when another may take over.
    next_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, endpoint, seq)
) WITH (fillfactor = 70);
CREATE INDEX webhook_delivery_due ON webhook_delivery (tenant, endpoint, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_delivery_by_payment ON webhook_delivery (tenant, endpoint, payment, seq)
    WHERE next_at IS NOT NULL;
CREATE INDEX webhook_delivery_by_time ON webhook_delivery (created_at) WHERE next_at IS NULL;

-- What was tried, for those who look for the reason. Swept.
CREATE TABLE webhook_attempt (
    tenant      bigint NOT NULL,
    endpoint    uuid NOT NULL,
    seq         bigint NOT NULL,
    attempt     uuid NOT NULL,
    number      integer NOT NULL,
    event       uuid NOT NULL,
    type        text NOT NULL,
    sent_at     timestamptz NOT NULL,
    latency_ms  integer NOT NULL CHECK (latency_ms >= 0),
    status      smallint,
    error       text,
    response    bytea CHECK (length(response) <= 1024),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, endpoint, seq, attempt)
);
CREATE INDEX webhook_attempt_by_time ON webhook_attempt USING brin (created_at);

-- A part of the log that is sent once more: another cursor.
CREATE TABLE webhook_replay (
    tenant      bigint NOT NULL,
    endpoint    uuid NOT NULL,
    replay      uuid NOT NULL,
    from_seq    bigint NOT NULL CHECK (from_seq > 0),
    to_seq      bigint NOT NULL CHECK (to_seq >= from_seq),
    -- All of it up to there has been looked at.
    cursor      bigint NOT NULL,
    -- Whether the endpoint's filter counts; an event that was named is sent in any case.
    filtered    boolean NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, endpoint, replay)
);
CREATE INDEX webhook_replay_open ON webhook_replay (tenant, endpoint) WHERE cursor < to_seq;

GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoint, webhook_secret, webhook_delivery, webhook_replay
    TO ${run_role};
GRANT SELECT, INSERT, DELETE ON webhook_attempt TO ${run_role};
