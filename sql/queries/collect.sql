-- Charges by card (src/subscriptions/operation.c, src/collect). Who works on one holds its lease; the statements of a vendor's run under
-- the account's lock (subscriptions_lock).

-- name: operation_ask :one
-- $1 vendor, $2 command, $3 version, $4 instant billed, $5 amount, $6 currency. Written before the provider is asked, with the lease of
-- whoever asks.
INSERT INTO billing_operation (vendor_id, kind, command, version, at, amount, currency, on_session, customer, method, leased_until)
SELECT $1, 'command', $2, $3::bigint, $4, $5::bigint, $6, true, a.customer, a.method, now() + interval '60 seconds'
  FROM billing_account a WHERE a.vendor_id = $1
RETURNING id;

-- name: operation_ask_invoice :maybe
-- $1 vendor, $2 document, $3 attempt. The charge that its document brought about: the person waits for it.
UPDATE billing_operation SET on_session = true, leased_until = now() + interval '60 seconds'
 WHERE vendor_id = $1 AND kind = 'invoice' AND document = $2::bigint AND attempt = $3::integer AND state = 'asked' AND tries = 0 AND leased_until IS NULL
RETURNING id;

-- name: operation_refund :one
-- $1 vendor, $2 amount, $3 the vendor's clock. Goes back to the cards that paid the last invoices, as far as these were paid by card; how much
-- does not, and is paid back by hand.
WITH paid AS (
    SELECT n, payment, currency, paid - refunded AS left_over, sum(paid - refunded) OVER (ORDER BY n DESC) - (paid - refunded) AS before
      FROM billing_document WHERE vendor_id = $1 AND payment IS NOT NULL AND paid > refunded
), part AS (
    SELECT n, payment, currency, least(left_over, $2::bigint - before)::bigint AS amount FROM paid WHERE before < $2
), noted AS (
    UPDATE billing_document d SET refunded = d.refunded + p.amount FROM part p WHERE d.vendor_id = $1 AND d.n = p.n
), asked AS (
    INSERT INTO billing_operation (vendor_id, kind, state, document, at, amount, currency, customer, method, payment)
    SELECT $1, 'refund', 'undo', p.n, $3, p.amount, p.currency, coalesce(a.customer, ''), coalesce(a.method, ''), p.payment
      FROM part p, billing_account a WHERE a.vendor_id = $1
)
SELECT $2 - coalesce(sum(amount), 0)::bigint FROM part;

-- name: operation_live :maybe
-- $1 vendor, $2 a certain one, or NULL: the command that waits for its money.
SELECT id, kind, state, coalesce(command, ''), coalesce(version, 0), coalesce(document, 0), coalesce(attempt, 0), at, amount, currency, key,
       on_session, customer, method, coalesce(payment, ''), coalesce(url, ''), coalesce(decline, ''), tries, created_at
  FROM billing_operation
 WHERE vendor_id = $1
   AND CASE WHEN $2::bigint IS NULL THEN kind = 'command' AND state IN ('asked', 'action', 'paid', 'undo') ELSE id = $2 END;

-- name: operation_of_document :maybe
-- $1 vendor, $2 document, $3 attempt.
SELECT id, kind, state, coalesce(command, ''), coalesce(version, 0), coalesce(document, 0), coalesce(attempt, 0), at, amount, currency, key,
       on_session, customer, method, coalesce(payment, ''), coalesce(url, ''), coalesce(decline, ''), tries, created_at
  FROM billing_operation WHERE vendor_id = $1 AND kind = 'invoice' AND document = $2::bigint AND attempt = $3::integer;

-- name: operation_of_payment :maybe
-- $1 the provider's name for a payment, $2 ours for the operation, or 0. Whose it is.
SELECT vendor_id, id FROM billing_operation WHERE (payment = $1 AND kind <> 'refund') OR ($2::bigint > 0 AND id = $2) ORDER BY payment IS NULL LIMIT 1;

-- name: operation_lease :exec
-- $1 vendor, $2 operation. Nobody is at it any more: it is ours.
UPDATE billing_operation SET leased_until = now() + interval '60 seconds'
 WHERE vendor_id = $1 AND id = $2::bigint AND (leased_until IS NULL OR leased_until < now());

-- name: operation_claim :many
-- $1 the most. What is left unfinished, with its vendor; the oldest first.
UPDATE billing_operation o SET leased_until = now() + interval '60 seconds'
  FROM (SELECT vendor_id, id FROM billing_operation
         WHERE state IN ('asked', 'paid', 'refused', 'undo') AND next_at <= now() AND (leased_until IS NULL OR leased_until < now())
         ORDER BY next_at LIMIT $1::bigint FOR UPDATE SKIP LOCKED) c
 WHERE o.vendor_id = c.vendor_id AND o.id = c.id
RETURNING o.vendor_id, o.id;

-- name: operation_told :exec
-- $1 vendor, $2 operation, $3 state, $4 payment, $5 url, $6 decline, each or NULL. What the provider said of one that waits for it; none: it
-- is over.
UPDATE billing_operation
   SET state = CASE WHEN $3 = 'refused' AND kind = 'command' THEN 'failed' ELSE $3 END, payment = coalesce($4, payment), url = $5, decline = $6,
       next_at = now(), ended_at = CASE WHEN $3 = 'refused' AND kind = 'command' THEN now() END
 WHERE vendor_id = $1 AND id = $2::bigint AND state IN ('asked', 'action');

-- name: operation_later :exec
-- $1 vendor, $2 operation, $3 after how many seconds. The provider did not say.
UPDATE billing_operation SET tries = tries + 1, next_at = now() + make_interval(secs => $3::bigint), leased_until = NULL
 WHERE vendor_id = $1 AND id = $2::bigint;

-- name: operation_end :exec
-- $1 vendor, $2 operation, $3 how it ended, $4 its document or NULL, which knows its payment then.
WITH ended AS (
    UPDATE billing_operation SET state = $3, document = coalesce($4::bigint, document), ended_at = now(), leased_until = NULL, url = NULL
     WHERE vendor_id = $1 AND id = $2::bigint RETURNING payment, document
)
UPDATE billing_document d SET payment = e.payment FROM ended e
 WHERE $3 = 'done' AND d.vendor_id = $1 AND d.n = e.document AND e.payment IS NOT NULL;

-- name: operation_undo :exec
-- $1 vendor, $2 operation. What was paid for is no more: the money goes back.
UPDATE billing_operation SET state = 'undo', next_at = now(), leased_until = NULL WHERE vendor_id = $1 AND id = $2::bigint AND state = 'paid';

-- name: operation_stale :many
-- $1 the most. Those that nobody confirmed within 23 hours.
SELECT vendor_id, id FROM billing_operation
 WHERE state = 'action' AND created_at < now() - interval '23 hours' ORDER BY created_at LIMIT $1::bigint;

-- ---- Cards ----

-- name: collect_customer :exec
-- $1 vendor, $2 the provider's name for it.
UPDATE billing_account SET customer = $2, version = version + 1 WHERE vendor_id = $1 AND customer IS NULL;

-- name: collect_vendor_of :maybe
-- $1 the provider's name for a vendor, $2 or for the method that it uses.
SELECT vendor_id FROM billing_account WHERE customer = $1 OR method = $2;

-- name: collect_card :exec
-- $1 vendor, $2 method and $3 card, or NULL. With a card it is charged from now on; another one makes good for one that was refused.
UPDATE billing_account
   SET method_refused = CASE WHEN method IS DISTINCT FROM $2 THEN NULL ELSE method_refused END,
       method = $2, card = $3, collection = CASE WHEN $2 IS NULL THEN collection ELSE 'automatic' END, version = version + 1
 WHERE vendor_id = $1;

-- name: collect_by_transfer :exec
-- $1 vendor.
UPDATE billing_account SET collection = 'manual', version = version + 1 WHERE vendor_id = $1;

-- name: collect_refuse_method :exec
-- $1 vendor, $2 method, $3 why. It is not tried again.
UPDATE billing_account SET method_refused = $3, version = version + 1 WHERE vendor_id = $1 AND method = $2;

-- name: collect_forget_customer :exec
-- $1 vendor. The provider has deleted it.
UPDATE billing_account SET customer = NULL, method = NULL, card = NULL, method_refused = NULL, version = version + 1 WHERE vendor_id = $1;

-- ---- Events ----

-- name: inbox_put :exec
-- $1 provider, $2 event, $3 type, $4 object, $5 customer or NULL, $6 created, $7 live, $8 api version, $9 body, $10 whether it is for us.
INSERT INTO webhook_inbox (provider, event, type, object, customer, created, live, api_version, body, state)
VALUES ($1, $2, $3, $4, $5, to_timestamp($6::bigint), $7::boolean, $8, $9, CASE WHEN $10::boolean THEN 'new' ELSE 'ignored' END)
    ON CONFLICT (provider, event) DO NOTHING;

-- name: inbox_claim :many
-- $1 the most. New events, those of one object once, whose newest stands for all; a lease of a minute.
UPDATE webhook_inbox i SET next_at = now() + interval '60 seconds', tries = tries + 1
  FROM (SELECT provider, event FROM webhook_inbox WHERE state = 'new' AND next_at <= now() ORDER BY next_at LIMIT $1::bigint FOR UPDATE SKIP LOCKED) c
 WHERE i.provider = c.provider AND i.event = c.event
RETURNING i.provider, i.event, i.type, i.object, coalesce(i.customer, ''), i.body, i.tries, i.received_at;

-- name: inbox_end :exec
-- $1 provider, $2 event, $3 state.
UPDATE webhook_inbox SET state = $3, error = NULL WHERE provider = $1 AND event = $2;

-- name: inbox_later :exec
-- $1 provider, $2 event, $3 after how many seconds, $4 why, $5 whether that was the last time.
UPDATE webhook_inbox
   SET next_at = now() + make_interval(secs => $3::bigint), error = $4, state = CASE WHEN $5::boolean THEN 'dead' ELSE state END
 WHERE provider = $1 AND event = $2;

-- name: inbox_dead :many
-- $1 the most. Events that were given up, the newest first.
SELECT event, type, object, received_at, tries, coalesce(error, '') FROM webhook_inbox WHERE state = 'dead' ORDER BY received_at DESC LIMIT $1::bigint;

-- name: inbox_revive :exec
-- Given-up events are tried once more.
UPDATE webhook_inbox SET state = 'new', tries = 0, next_at = now() WHERE state = 'dead';

-- name: inbox_clean :one
-- What is older than 30 days, and done with; how many.
WITH gone AS (DELETE FROM webhook_inbox WHERE state <> 'new' AND received_at < now() - interval '30 days' RETURNING 1)
SELECT count(*) FROM gone;

-- name: inbox_refused :exec
-- $1 provider. One more that was turned away; nothing else is kept of it.
INSERT INTO provider_note AS n (provider, refused, refused_at) VALUES ($1, 1, now())
    ON CONFLICT (provider) DO UPDATE SET refused = n.refused + 1, refused_at = now();

-- name: provider_read_until :maybe
-- $1 provider. How far its own list of events was read.
SELECT read_until FROM provider_note WHERE provider = $1 AND read_until IS NOT NULL;

-- name: provider_was_read :exec
-- $1 provider, $2 until.
INSERT INTO provider_note AS n (provider, read_until) VALUES ($1, $2)
    ON CONFLICT (provider) DO UPDATE SET read_until = greatest(n.read_until, $2);

-- name: provider_figures :one
-- $1 provider. Events that wait, that are given up; signatures refused and when last; charges that wait, that must be confirmed, that are to
-- be given back; since when the oldest charge waits.
SELECT (SELECT count(*) FROM webhook_inbox WHERE state = 'new'), (SELECT count(*) FROM webhook_inbox WHERE state = 'dead'),
       coalesce((SELECT refused FROM provider_note WHERE provider = $1), 0), (SELECT refused_at FROM provider_note WHERE provider = $1),
       count(*) FILTER (WHERE state = 'asked'), count(*) FILTER (WHERE state = 'action'), count(*) FILTER (WHERE state = 'undo'),
       min(created_at) FILTER (WHERE state <> 'action')
  FROM billing_operation WHERE state IN ('asked', 'action', 'paid', 'refused', 'undo');

-- name: provider_operation :maybe
-- $1 operation. Whose it is.
SELECT vendor_id FROM billing_operation WHERE id = $1;
