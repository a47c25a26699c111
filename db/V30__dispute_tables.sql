-- What a bank's customer wants back, and what became of it.
CREATE TABLE dispute (
    tenant           bigint NOT NULL,
    dispute          uuid NOT NULL,
    payment          uuid NOT NULL,
    -- The sale or capture whose money it is about.
    operation        uuid NOT NULL,
    bank             text NOT NULL,
    -- The bank's name for it, and which of the bank's changes it stands at.
    bank_dispute     text NOT NULL CHECK (length(bank_dispute) BETWEEN 1 AND 100),
    -- What a bank takes a second time under the same name is another dispute.
    round            smallint NOT NULL CHECK (round > 0),
    bank_seq         bigint NOT NULL CHECK (bank_seq > 0),
    status           text NOT NULL CHECK (status IN ('needs_response', 'under_review', 'won', 'lost', 'accepted')),
    -- Lost because its deadline passed, which the bank has not said yet.
    expired          boolean NOT NULL DEFAULT false,
    amount           bigint NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),
    currency         text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    reason           text NOT NULL CHECK (length(reason) BETWEEN 1 AND 40),
    respond_by       timestamptz NOT NULL,
    -- The change that wrote it first, by which the journal sees whether it did.
    change           uuid NOT NULL,
    -- What the merchant has answered, and whether the bank has it.
    response         jsonb,
    -- When the answer is sent next; null when there is none, or the bank has said something to it.
    next_send_at     timestamptz,
    sends            integer NOT NULL DEFAULT 0 CHECK (sends >= 0),
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          bigint NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant, dispute),
    CONSTRAINT dispute_once UNIQUE (bank, bank_dispute, round, tenant),
    CONSTRAINT expired_is_lost CHECK (NOT expired OR status = 'lost'),
    CONSTRAINT what_is_sent_is_answered CHECK (next_send_at IS NULL OR response IS NOT NULL)
);
CREATE INDEX dispute_of_payment ON dispute (payment, tenant);
CREATE INDEX dispute_to_send ON dispute (next_send_at) WHERE next_send_at IS NOT NULL;
CREATE INDEX dispute_to_answer ON dispute (respond_by) WHERE status = 'needs_response';

-- Evidence. A file is there once all of it is; parts of one that is not are removed after a while.
CREATE TABLE dispute_file (
    tenant      bigint NOT NULL,
    file        uuid NOT NULL,
    dispute     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    type        text NOT NULL,
    size        bigint NOT NULL CHECK (size > 0),
    parts       integer NOT NULL CHECK (parts > 0),
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, file)
);
CREATE INDEX dispute_file_of_dispute ON dispute_file (tenant, dispute);

CREATE TABLE dispute_file_part (
    tenant      bigint NOT NULL,
    file        uuid NOT NULL,
    number      integer NOT NULL CHECK (number >= 0),
    data        bytea NOT NULL CHECK (length(data) BETWEEN 1 AND 262144),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, file, number)
);
-- Compressed already, as pictures and PDFs are.
ALTER TABLE dispute_file_part ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX dispute_file_part_by_time ON dispute_file_part USING brin (created_at);

-- How far a bank's changes of disputes are read; and those that are read and not booked yet. A bank's, of no tenant.
CREATE TABLE dispute_feed (
    tenant      bigint NOT NULL DEFAULT 0,
    bank        text NOT NULL,
    seq         bigint NOT NULL DEFAULT 0 CHECK (seq >= 0),
    -- When the bank is asked next. Who asks has put this off first, so that nobody else does meanwhile.
    next_at     timestamptz NOT NULL DEFAULT now(),
    looked_at   timestamptz NOT NULL DEFAULT '-infinity',
    -- When all that the bank had was last read.
    read_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, bank)
);

CREATE TABLE dispute_news (
    tenant        bigint NOT NULL DEFAULT 0,
    bank          text NOT NULL,
    seq           bigint NOT NULL CHECK (seq > 0),
    bank_dispute  text NOT NULL,
    reference     text NOT NULL,
    status        text NOT NULL,
    amount        bigint NOT NULL,
    currency      text NOT NULL,
    reason        text NOT NULL,
    respond_by    timestamptz NOT NULL,
    -- Why it could not be booked so far.
    problem       text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, bank, seq)
);

GRANT SELECT, INSERT ON dispute, dispute_file, dispute_file_part, dispute_feed, dispute_news TO ${run_role};
GRANT UPDATE (bank_seq, status, expired, reason, respond_by, response, next_send_at, sends, updated_at, version)
    ON dispute TO ${run_role};
GRANT UPDATE (seq, next_at, looked_at, read_at) ON dispute_feed TO ${run_role};
GRANT UPDATE (problem) ON dispute_news TO ${run_role};
GRANT DELETE ON dispute_file_part, dispute_news TO ${run_role};
