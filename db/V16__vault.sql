-- Cards that are kept. The number of a card is nowhere but in token.sealed, encrypted by its data key, which is here
-- encrypted by a key-encryption key that is not.

CREATE TABLE data_key (
    tenant      bigint NOT NULL,
    data_key    uuid NOT NULL,
    -- Which key-encryption key has wrapped it: the name that the configuration gives it.
    kek         text NOT NULL CHECK (length(kek) BETWEEN 1 AND 100),
    wrapped     bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, data_key)
);
CREATE INDEX data_key_by_kek ON data_key (kek, tenant, data_key);

CREATE TABLE token (
    tenant      bigint NOT NULL,
    token       uuid NOT NULL,
    -- A card that is saved with a payment is pending until the bank has approved it.
    status      text NOT NULL CHECK (status IN ('pending', 'active')),
    data_key    uuid NOT NULL,
    sealed      bytea NOT NULL,
    brand       text NOT NULL,
    first6      text NOT NULL CHECK (first6 ~ '^[0-9]{6}$'),
    last4       text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    exp_month   smallint NOT NULL CHECK (exp_month BETWEEN 1 AND 12),
    exp_year    smallint NOT NULL,
    card_hash   bytea NOT NULL CHECK (length(card_hash) = 32),
    customer    text CHECK (length(customer) BETWEEN 1 AND 100),
    payment     uuid,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant, token),
    CONSTRAINT token_data_key FOREIGN KEY (tenant, data_key) REFERENCES data_key,
    CONSTRAINT pending_with_payment CHECK (status = 'active' OR payment IS NOT NULL)
);
CREATE INDEX token_by_customer ON token (tenant, customer, token) WHERE customer IS NOT NULL;
CREATE INDEX token_by_data_key ON token (tenant, data_key, token);

CREATE INDEX token_pending ON token (tenant, token) WHERE status = 'pending';

GRANT SELECT, INSERT, DELETE ON data_key, token TO ${run_role};
GRANT UPDATE (kek, wrapped) ON data_key TO ${run_role};
GRANT UPDATE (status, data_key, sealed) ON token TO ${run_role};
