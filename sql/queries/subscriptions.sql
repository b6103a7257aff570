-- Vendors' billing accounts (src/subscriptions). Instants go both ways as whole seconds since 1970.

-- name: subscriptions_lock :one
-- $1 vendors in the order of their numbers, $2 whether the commit need not wait for the disk. Whoever bills a vendor takes turns here: also for
-- what has no row yet. An account is found by its key, so one plan is as good as another, and planning the statements below anew each time would
-- take half the time.
SELECT (SELECT count(pg_advisory_xact_lock(hashtextextended('billing:' || v.id, 0))) FROM unnest($1::bigint[]) AS v (id)),
       set_config('plan_cache_mode', 'force_generic_plan', true), CASE WHEN $2::boolean THEN set_config('synchronous_commit', 'off', true) END;

-- name: subscriptions_read :many
-- $1 vendors, $2 seconds since 1970, $3 a document that is wanted whatever its state, or NULL. Each account whole, in that order, as JSON
-- (billing_read of 0043).
SELECT billing_read($1::bigint[], $2::bigint, $3::bigint);

-- name: subscriptions_write :one
-- $1 vendor, $2 what changed. The numbers of what was issued, apart by blanks; NULL: the account is not the one that was read.
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

-- ---- The operator's ----

-- name: subscriptions_owner :maybe
-- $1 number of a document. Whose it is, and which of theirs.
SELECT vendor_id, n FROM billing_document WHERE number = $1;

-- name: subscriptions_all_documents :many
-- $1 state or NULL, $2 behind this instant and $3 vendor and $4 document, or NULL, $5 the most, $6 now. All shops', the newest first.
SELECT d.vendor_id, v.name, v.slug, d.n, d.number, d.credit_note, d.issued_at, d.due_at, d.total, d.due, d.remaining, d.state, d.failed_at IS NOT NULL,
       d.currency, CASE WHEN d.state = 'open' AND d.failed_at IS NOT NULL THEN greatest(0, floor(extract(epoch FROM $6 - d.failed_at) / 86400)) END::bigint
  FROM billing_document d JOIN vendor v ON v.id = d.vendor_id
 WHERE ($1::text IS NULL OR d.state = $1)
   AND ($2::timestamptz IS NULL OR (d.issued_at, d.vendor_id, d.n) < ($2, $3::bigint, $4::bigint))
 ORDER BY d.issued_at DESC, d.vendor_id DESC, d.n DESC LIMIT $5::bigint;

-- name: subscriptions_ageing :one
-- $1 now. What is owed: not due yet, and overdue up to 7, up to 21 and more days; how many of each.
SELECT coalesce(sum(remaining) FILTER (WHERE late < 0), 0), count(*) FILTER (WHERE late < 0),
       coalesce(sum(remaining) FILTER (WHERE late >= 0 AND late < 7), 0), count(*) FILTER (WHERE late >= 0 AND late < 7),
       coalesce(sum(remaining) FILTER (WHERE late >= 7 AND late < 21), 0), count(*) FILTER (WHERE late >= 7 AND late < 21),
       coalesce(sum(remaining) FILTER (WHERE late >= 21), 0), count(*) FILTER (WHERE late >= 21)
  FROM (SELECT remaining, coalesce(floor(extract(epoch FROM $1::timestamptz - failed_at) / 86400), -1) AS late
          FROM billing_document WHERE state = 'open') owed;

-- name: subscriptions_figures :one
-- $1 the day they are of. Monthly recurring revenue (a year's price is a twelfth), live and trial subscriptions now; those that ended within 30 days
-- before the day and those that lived at their start; revenue that is billed but not earned yet on the day.
SELECT coalesce((SELECT sum(CASE s.months WHEN 12 THEN round(i.unit * i.quantity / 12.0) ELSE i.unit * i.quantity END)::bigint
                   FROM subscription s JOIN subscription_item i ON i.vendor_id = s.vendor_id AND i.number = s.number
                  WHERE s.state IN ('active', 'past_due')), 0),
       (SELECT count(*) FROM subscription WHERE state IN ('active', 'past_due')),
       (SELECT count(*) FROM subscription WHERE state = 'trial'),
       (SELECT count(*) FROM subscription WHERE ended_at > $1::timestamptz - interval '30 days' AND ended_at <= $1 AND anchor IS NOT NULL),
       (SELECT count(*) FROM subscription
         WHERE started_at <= $1::timestamptz - interval '30 days' AND (ended_at IS NULL OR ended_at > $1::timestamptz - interval '30 days') AND anchor IS NOT NULL),
       coalesce((SELECT sum(round(l.amount::numeric * extract(epoch FROM l.period_to - greatest(l.period_from, $1::timestamptz))::bigint
                                  / extract(epoch FROM l.period_to - l.period_from)::bigint))::bigint
                   FROM billing_line l JOIN billing_document d ON d.vendor_id = l.vendor_id AND d.n = l.document
                  WHERE d.issued_at <= $1 AND l.period_to > $1 AND l.period_to > l.period_from), 0);

-- name: subscriptions_ledger :many
-- $1 the day. Each account's balance at its end.
SELECT account, sum(amount)::bigint FROM ledger_posting WHERE at <= $1 GROUP BY account ORDER BY account;

-- name: subscriptions_proofs :one
-- What must hold: receivables are the open invoices, the balances are the credit account's, the tax is the documents'. The differences.
SELECT coalesce((SELECT sum(amount) FROM ledger_posting WHERE account = 'AR'), 0) - coalesce((SELECT sum(remaining) FROM billing_document WHERE state = 'open'), 0),
       coalesce((SELECT sum(amount) FROM ledger_posting WHERE account = 'CREDIT'), 0) + coalesce((SELECT sum(balance) FROM billing_account), 0),
       coalesce((SELECT sum(amount) FROM ledger_posting WHERE account = 'VAT'), 0) + coalesce((SELECT sum(tax) FROM billing_document), 0);

-- name: subscriptions_all :many
-- $1 state or NULL, $2 behind this vendor, $3 the most. Each shop's last subscription.
SELECT v.id, v.name, v.slug, s.state, s.months, (SELECT i.code FROM subscription_item i WHERE i.vendor_id = s.vendor_id AND i.number = s.number AND i.rank >= 0),
       lower(s.period), upper(s.period), s.cancel_at_period_end, s.next_tier IS NOT NULL,
       (SELECT coalesce(sum(i.unit * i.quantity), 0)::bigint FROM subscription_item i WHERE i.vendor_id = s.vendor_id AND i.number = s.number),
       (SELECT coalesce(sum(d.remaining), 0)::bigint FROM billing_document d WHERE d.vendor_id = s.vendor_id AND d.state = 'open'), a.clock_s
  FROM subscription s JOIN vendor v ON v.id = s.vendor_id JOIN billing_account a ON a.vendor_id = s.vendor_id
 WHERE s.number = (SELECT max(x.number) FROM subscription x WHERE x.vendor_id = s.vendor_id)
   AND ($1::text IS NULL OR s.state = $1) AND v.id > $2::bigint
 ORDER BY v.id LIMIT $3::bigint;

-- name: subscriptions_move_clock :exec
-- $1 vendor, $2 so many seconds further ahead. Only for trying out: what falls due by then is done on the next run.
UPDATE billing_account SET clock_s = clock_s + $2, version = version + 1, wake_at = wake_at - make_interval(secs => $2::bigint) WHERE vendor_id = $1;

-- name: subscriptions_seller :one
-- Who bills.
SELECT legal_name, street, postcode, city, country, vat_id, email, iban, bic, exempt, one_stop, currency, terms_days, final_days, version FROM billing_seller;

-- name: subscriptions_seller_save :exec
-- $1 all of it as JSON, $2 the version that was changed.
UPDATE billing_seller s
   SET legal_name = r.legal_name, street = r.street, postcode = r.postcode, city = r.city, country = r.country, vat_id = r.vat_id, email = r.email,
       iban = r.iban, bic = r.bic, exempt = r.exempt, one_stop = r.one_stop, terms_days = r.terms_days, version = s.version + 1
  FROM jsonb_to_record($1::jsonb) AS r (legal_name text, street text, postcode text, city text, country text, vat_id text, email text, iban text,
       bic text, exempt boolean, one_stop boolean, terms_days integer)
 WHERE s.version = $2;

-- name: subscriptions_rates :many
-- $1 today. The table of VAT rates, each country's newest first, and whether they count.
SELECT country, valid_from::text, rate_bp,
       CASE WHEN valid_from > $1::date THEN 'to_come'
            WHEN valid_from = max(valid_from) FILTER (WHERE valid_from <= $1::date) OVER (PARTITION BY country) THEN 'in_force'
            ELSE 'past' END
  FROM vat_rate ORDER BY country, vat_rate.valid_from DESC;

-- name: subscriptions_rate_add :one
-- $1 country, $2 from that day on, $3 basis points, $4 today. Was that day too early, because the country has rates that counted then? And was it added?
WITH asked AS (
    SELECT $2::date < $4::date AND EXISTS (SELECT FROM vat_rate WHERE country = $1) AS past
), added AS (
    INSERT INTO vat_rate (country, valid_from, rate_bp) SELECT $1, $2::date, $3::bigint FROM asked WHERE NOT past ON CONFLICT (country, valid_from) DO NOTHING
    RETURNING 1
)
SELECT past, EXISTS (SELECT FROM added) FROM asked;

-- name: subscriptions_rate_remove :exec
-- $1 country, $2 from that day on. The table refuses it for a day that has come.
DELETE FROM vat_rate WHERE country = $1 AND valid_from = $2::date;

-- name: subscriptions_trials :many
-- $1 now, $2 the vendor after whom, $3 the most. Whose trial ends within three days.
SELECT s.vendor_id FROM subscription s JOIN billing_account a ON a.vendor_id = s.vendor_id
 WHERE s.state = 'trial' AND s.trial_end <= $1::timestamptz + make_interval(secs => a.clock_s) + interval '3 days' AND s.vendor_id > $2
 ORDER BY s.vendor_id LIMIT $3::bigint;

-- name: subscriptions_vat_checked :exec
-- $1 vendor, $2 whether its VAT id was found valid, $3 when, $4 by whom or what. It counts for documents from now on.
UPDATE billing_account SET vat_valid = $2 AND vat_id <> '', vat_checked_at = $3, vat_source = $4, version = version + 1 WHERE vendor_id = $1;

-- name: subscriptions_near_limit :many
-- $1 the vendor after whom, $2 the most. Who has taken 80 % of a month's orders or more: what, of how many, and when that month began.
SELECT e.vendor_id, u.orders, e.orders_per_month, extract(epoch FROM e.usage_from)::bigint
  FROM entitlement e JOIN usage_counter u ON u.vendor_id = e.vendor_id AND u.window_from = e.usage_from
 WHERE e.orders_per_month > 0 AND e.closed_from IS NULL AND u.orders * 100 >= e.orders_per_month * 80 AND e.vendor_id > $1
 ORDER BY e.vendor_id LIMIT $2::bigint;

-- name: subscriptions_is_vendor :one
-- $1 vendor.
SELECT EXISTS (SELECT FROM billing_account WHERE vendor_id = $1);
