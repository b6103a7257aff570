-- Vendors' billing accounts (src/subscriptions). Instants go both ways as whole seconds since 1970.

-- name: subscriptions_lock :one
-- $1 vendor, $2 whether the commit need not wait for the disk. Whoever bills one vendor takes turns here: also for what has no row yet.
SELECT pg_advisory_xact_lock(hashtextextended('billing:' || $1::bigint, 0)),
       CASE WHEN $2::boolean THEN set_config('synchronous_commit', 'off', true) END;

-- name: subscriptions_read :one
-- $1 vendor, $2 seconds since 1970, $3 a document that is wanted whatever its state, or NULL. The account whole, as JSON: its terms, its last
-- subscription, and the documents that are still owed or whose time still runs.
WITH account AS (
    SELECT a.*, v.name AS vendor_name, v.slug, v.language, v.created_at AS opened_at, v.trial_ends_at
      FROM billing_account a JOIN vendor v ON v.id = a.vendor_id WHERE a.vendor_id = $1
), last_one AS (
    SELECT s.* FROM subscription s WHERE s.vendor_id = $1 ORDER BY s.number DESC LIMIT 1
), wanted AS (
    SELECT d.* FROM billing_document d
     WHERE d.vendor_id = $1
       AND (d.state = 'open' OR d.n = $3::bigint
            OR EXISTS (SELECT FROM billing_line l
                        WHERE l.vendor_id = d.vendor_id AND l.document = d.n AND l.kind <> 'proration_credit'
                          AND l.covered_until > to_timestamp($2::bigint + (SELECT clock_s FROM account))))
)
SELECT json_build_object(
    'account', (SELECT json_build_object('legal_name', a.legal_name, 'street', a.street, 'postcode', a.postcode, 'city', a.city,
                    'country', a.country, 'vat_id', a.vat_id, 'vat_valid', a.vat_valid, 'vat_checked_at', extract(epoch FROM a.vat_checked_at)::bigint,
                    'vat_source', a.vat_source, 'email', a.email, 'collection', a.collection, 'card', a.card, 'customer', a.customer,
                    'method', a.method, 'balance', a.balance, 'next_n', a.next_n, 'version', a.version, 'clock_s', a.clock_s,
                    'vendor_name', a.vendor_name, 'slug', a.slug, 'language', a.language,
                    'opened_at', extract(epoch FROM date_trunc('second', a.opened_at))::bigint,
                    'trial_ends_at', extract(epoch FROM date_trunc('second', a.trial_ends_at))::bigint,
                    'changes', (SELECT count(*) FROM billing_document d
                                 WHERE d.vendor_id = a.vendor_id AND d.reason = 'subscription_update'
                                   AND d.issued_at > to_timestamp($2::bigint + a.clock_s - 86400))) FROM account a),
    'seller', (SELECT to_json(s) FROM billing_seller s),
    'rates', (SELECT coalesce(json_agg(json_build_object('country', r.country, 'from', extract(epoch FROM r.valid_from::timestamp)::bigint, 'bp', r.rate_bp)
                                       ORDER BY r.country, r.valid_from), '[]')
                FROM vat_rate r WHERE r.country IN ((SELECT country FROM account), (SELECT country FROM billing_seller))),
    'subscription', (SELECT json_build_object('number', s.number, 'state', s.state, 'months', s.months, 'cancel_at_period_end', s.cancel_at_period_end,
                    'trial_end', extract(epoch FROM s.trial_end)::bigint, 'ended_at', extract(epoch FROM s.ended_at)::bigint,
                    'anchor', extract(epoch FROM s.anchor)::bigint, 'period_from', extract(epoch FROM lower(s.period))::bigint,
                    'period_to', extract(epoch FROM upper(s.period))::bigint, 'next_tier', s.next_tier, 'next_rank', s.next_rank,
                    'next_months', s.next_months, 'next_unit', s.next_unit) FROM last_one s),
    'items', (SELECT coalesce(json_agg(json_build_object('code', i.code, 'rank', i.rank, 'unit', i.unit, 'quantity', i.quantity,
                    'next_unit', i.next_unit, 'next_quantity', i.next_quantity) ORDER BY i.rank < 0, i.code COLLATE "C"), '[]')
                FROM subscription_item i WHERE i.vendor_id = $1 AND i.number = (SELECT number FROM last_one)),
    'documents', (SELECT coalesce(json_agg(json_build_object('n', d.n, 'number', d.number, 'subscription', d.subscription, 'credit_note', d.credit_note,
                    'reason', d.reason, 'issued_at', extract(epoch FROM d.issued_at)::bigint, 'due_at', extract(epoch FROM d.due_at)::bigint,
                    'credit_applied', d.credit_applied, 'due', d.due, 'state', d.state, 'paid', d.paid, 'remaining', d.remaining,
                    'noted', d.noted, 'offsets', d.offsets, 'refunded', d.refunded, 'attempts', d.attempts,
                    'failed_at', extract(epoch FROM d.failed_at)::bigint, 'tried_at', extract(epoch FROM d.tried_at)::bigint,
                    'waiting', d.waiting, 'payment', d.payment, 'parties', d.parties,
                    'lines', (SELECT json_agg(json_build_object('line', l.line, 'item', l.item, 'rank', l.rank, 'kind', l.kind, 'quantity', l.quantity,
                                  'unit', l.unit, 'period_from', extract(epoch FROM l.period_from)::bigint, 'period_to', extract(epoch FROM l.period_to)::bigint,
                                  'basis_amount', l.basis_amount, 'basis_seconds', l.basis_seconds, 'amount', l.amount, 'vat_category', l.vat_category,
                                  'vat_bp', l.vat_bp, 'of_document', l.of_document, 'of_line', l.of_line,
                                  'of_number', (SELECT o.number FROM billing_document o WHERE o.vendor_id = l.vendor_id AND o.n = l.of_document),
                                  'covered_until', extract(epoch FROM l.covered_until)::bigint, 'credited', l.credited) ORDER BY l.line)
                                FROM billing_line l WHERE l.vendor_id = d.vendor_id AND l.document = d.n)) ORDER BY d.n), '[]')
                FROM wanted d)
)::text;

-- name: subscriptions_write :one
-- $1 vendor, $2 what changed. False: the account is not the one that was read.
SELECT billing_write($1, $2::jsonb);

-- name: subscriptions_park :exec
-- $1 vendor, $2 when to look again. Its billing failed: the others go on.
UPDATE billing_account SET wake_at = $2 WHERE vendor_id = $1;

-- name: subscriptions_due :many
-- $1 now, $2 the vendor after whom, $3 the most. Whose account has something to do.
SELECT vendor_id FROM billing_account WHERE wake_at <= $1 AND vendor_id > $2 ORDER BY vendor_id LIMIT $3::bigint;

-- name: subscriptions_documents :many
-- $1 vendor, $2 state or NULL, $3 behind this document or NULL, $4 the most. The newest first.
SELECT n, number, credit_note, issued_at, due_at, total, due, remaining, state, failed_at IS NOT NULL, currency
  FROM billing_document
 WHERE vendor_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR n < $3) ORDER BY n DESC LIMIT $4::bigint;

-- name: subscriptions_document_of_number :maybe
-- $1 vendor, $2 number.
SELECT n FROM billing_document WHERE vendor_id = $1 AND number = $2;

-- name: subscriptions_buyer :exec
-- $1 vendor, $2 who is billed. Another VAT id, or one of another country, is not known to be valid until it is checked.
UPDATE billing_account a
   SET legal_name = r.legal_name, street = r.street, postcode = r.postcode, city = r.city, email = r.email,
       vat_valid = a.vat_valid AND (a.vat_id, a.country) = (r.vat_id, r.country), vat_id = r.vat_id, country = r.country,
       version = a.version + 1
  FROM jsonb_to_record($2::jsonb) AS r (legal_name text, street text, postcode text, city text, country text, vat_id text, email text)
 WHERE a.vendor_id = $1;
