-- A payment's rows by nothing but the database's own client: a pair of transactions, a statement for each table.
\set n :n + 1
\set amount random(1000, 9999900)
\set tenant random(1, 200)
BEGIN;
INSERT INTO claim (tenant, key, fingerprint, payment) VALUES (:tenant, 'order-' || :client_id::text || '-' || :n::text,
    decode('b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2789df78', 'hex'),
    (lpad(to_hex(:client_id::bigint), 8, '0') || lpad(to_hex(:n::bigint), 24, '0'))::uuid);
INSERT INTO payment (tenant, id, status, amount, currency, reference, first6, last4) VALUES (:tenant,
    (lpad(to_hex(:client_id::bigint), 8, '0') || lpad(to_hex(:n::bigint), 24, '0'))::uuid, 'processing', :amount, 'UZS',
    'order-' || :n::text, '424242', '4242');
COMMIT;
BEGIN;
UPDATE payment SET status = 'captured', bank_reference = 'bp_' || :n::text, auth_code = '123456', updated = now()
    WHERE tenant = :tenant AND id = (lpad(to_hex(:client_id::bigint), 8, '0') || lpad(to_hex(:n::bigint), 24, '0'))::uuid;
INSERT INTO posting (tenant, payment, debit, credit, amount, currency) VALUES
    (:tenant, (lpad(to_hex(:client_id::bigint), 8, '0') || lpad(to_hex(:n::bigint), 24, '0'))::uuid, 'receivable', 'merchant',
        :amount, 'UZS'),
    (:tenant, (lpad(to_hex(:client_id::bigint), 8, '0') || lpad(to_hex(:n::bigint), 24, '0'))::uuid, 'merchant', 'fees',
        1 + :amount::bigint / 100, 'UZS');
INSERT INTO event (tenant, payment, type, body) VALUES (:tenant,
    (lpad(to_hex(:client_id::bigint), 8, '0') || lpad(to_hex(:n::bigint), 24, '0'))::uuid, 'payment.captured', repeat('x', 400));
INSERT INTO stored_response (tenant, key, status, body) VALUES (:tenant, 'order-' || :client_id::text || '-' || :n::text, 201,
    repeat('x', 400));
COMMIT;
