-- :shops shops that pay by transfer, each with a tier, an add-on and its first invoice; all of them are renewed on one day.
BEGIN;
SET LOCAL synchronous_commit = off;
INSERT INTO vendor (slug, name) SELECT 'bench-' || n, 'Bench ' || n FROM generate_series(1, :shops) n;
INSERT INTO vendor_counter (vendor_id) SELECT id FROM vendor WHERE slug LIKE 'bench-%';
UPDATE billing_account a SET legal_name = v.name, street = 'Street 1', city = 'Town', country = 'LU', email = 'bench@souk.example', next_n = 2,
       wake_at = timestamptz '2030-02-01T00:00:00Z'
  FROM vendor v WHERE v.id = a.vendor_id AND v.slug LIKE 'bench-%';
INSERT INTO subscription (vendor_id, number, state, months, anchor, period, started_at)
SELECT id, 1, 'active', 1, '2030-01-01T00:00:00Z', tstzrange('2030-01-01T00:00:00Z', '2030-02-01T00:00:00Z'), '2030-01-01T00:00:00Z'
  FROM vendor WHERE slug LIKE 'bench-%';
INSERT INTO subscription_item (vendor_id, number, code, rank, unit, quantity, next_unit)
SELECT v.id, 1, i.code, i.rank, i.unit, 1, i.unit FROM vendor v, (VALUES ('business', 2, 19900), ('extra_products', -1, 1500)) AS i (code, rank, unit)
 WHERE v.slug LIKE 'bench-%';
INSERT INTO billing_document (vendor_id, n, number, subscription, credit_note, reason, currency, issued_at, net, tax, total, due, parties, state, paid, remaining)
SELECT id, 1, 'BENCH-' || id, 1, false, 'subscription_create', 'EUR', '2030-01-01T00:00:00Z', 21400, 3638, 25038, 25038, '{}', 'paid', 25038, 0
  FROM vendor WHERE slug LIKE 'bench-%';
INSERT INTO billing_line (vendor_id, document, line, subscription, item, rank, kind, quantity, unit, period_from, period_to, basis_amount, basis_seconds,
                          amount, vat_category, vat_bp, covered_until)
SELECT v.id, 1, i.line, 1, i.code, i.rank, 'charge', 1, i.unit, '2030-01-01T00:00:00Z', '2030-02-01T00:00:00Z', i.unit, 2678400, i.unit, 'S', 1700,
       '2030-02-01T00:00:00Z'
  FROM vendor v, (VALUES (1, 'business', 2, 19900), (2, 'extra_products', -1, 1500)) AS i (line, code, rank, unit) WHERE v.slug LIKE 'bench-%';
INSERT INTO ledger_posting (vendor_id, entry, line, account, amount, currency, at, document)
SELECT v.id, e.entry, p.line, p.account, p.amount, 'EUR', '2030-01-01T00:00:00Z', 1
  FROM vendor v CROSS JOIN LATERAL (SELECT nextval('ledger_entry') + 0 * v.id) AS e (entry),
       (VALUES (1, 'CASH', 25038), (2, 'REV', -21400), (3, 'VAT', -3638)) AS p (line, account, amount) WHERE v.slug LIKE 'bench-%';
COMMIT;
ANALYZE;
