-- As many payments as :payments, with what belongs to each and four events, spread over all tenants that there are, as
-- if they had come in the last month. Loaded in the order in which they would have come.
SET synchronous_commit = off;
SET work_mem = '256MB';

CREATE UNLOGGED TABLE grown AS
SELECT i, t.tenant, at,
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid
        AS payment,
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3) || '9' || substr(h, 4, 15))::uuid
        AS operation,
    md5(h) AS reference
FROM (SELECT i, now() - interval '25 days' + interval '25 days' * (i::float8 / :payments) AS at, md5(i::text) AS h
    FROM generate_series(1, :payments) AS i) AS g
JOIN (SELECT tenant, row_number() OVER (ORDER BY tenant) - 1 AS place, count(*) OVER () AS of
    FROM api_key JOIN tenant USING (tenant)) AS t ON t.place = g.i % t.of
ORDER BY i;

INSERT INTO idempotency_claim (tenant, key, fingerprint, change, payment, operation, created_at)
SELECT tenant, 'grown-' || i, decode(repeat(reference, 2), 'hex'), operation, payment, operation, at FROM grown ORDER BY i;

INSERT INTO payment (tenant, payment, status, amount, currency, authorized, captured, capture_method, bank, card_brand,
    card_first6, card_last4, card_exp_month, card_exp_year, card_hash, reference, created_at, updated_at, version)
SELECT tenant, payment, 'captured', 1000, 'UZS', 1000, 1000, 'automatic', 'alpha', 'visa', '424242', '4242', 12, 2030,
    decode(repeat(reference, 2), 'hex'), 'order-' || i, at, at, 2 FROM grown ORDER BY i;

INSERT INTO operation (tenant, operation, payment, kind, status, amount, currency, key, created_at, updated_at)
SELECT tenant, operation, payment, 'sale', 'succeeded', 1000, 'UZS', 'grown-' || i, at, at FROM grown ORDER BY i;

INSERT INTO attempt (tenant, operation, number, payment, bank, reference, state, send_by, bank_reference, created_at)
SELECT tenant, operation, 1, payment, 'alpha', reference || '-1', 'approved', at, 'bp_' || i, at FROM grown ORDER BY i;

INSERT INTO posting (tenant, posting, payment, operation, kind, debit, credit, amount, currency, created_at)
SELECT tenant, operation, payment, operation, 'capture', 'bank:alpha:receivable', 'merchant:payable:pending', 1000, 'UZS', at
FROM grown ORDER BY i;

INSERT INTO trace (tenant, payment, operation, change, legs, created_at)
SELECT tenant, payment, operation, operation, decode(repeat('7b7d', 250), 'hex'), at FROM grown ORDER BY i;

INSERT INTO event (tenant, seq, id, type, payment, created, body, prev_hash, hash)
SELECT tenant, 4 * (row_number() OVER (PARTITION BY tenant ORDER BY i) - 1) + n, gen_random_uuid(), 'payment.captured', payment,
    at, decode(repeat('7b7d', 350), 'hex'), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
FROM grown CROSS JOIN generate_series(1, 4) AS n WHERE n = 1;
INSERT INTO event (tenant, seq, id, type, payment, created, body, prev_hash, hash)
SELECT e.tenant, e.seq + n, gen_random_uuid(), e.type, e.payment, e.created, e.body, e.prev_hash, e.hash
FROM event e CROSS JOIN generate_series(1, 3) AS n WHERE e.seq % 4 = 1;

UPDATE tenant_head h SET seq = e.seq, created = now() - interval '1 hour'
FROM (SELECT tenant, max(seq) AS seq FROM event GROUP BY tenant) AS e WHERE e.tenant = h.tenant;

DROP TABLE grown;
ANALYZE;
CHECKPOINT;
