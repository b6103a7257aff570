-- The outbox and its sender (src/mail).

-- name: mail_add :one
-- $1 mails as JSON: vendor, kind, address, name, language, args, secret, key. How many wait to be sent; the others' keys were used
-- before, or their addresses are suppressed.
SELECT mail_put($1::jsonb);

-- ---- The sender ----

-- name: mail_reclaim :exec
-- Mails whose sender died are as they were: the oldest of all.
UPDATE mail SET state = 'waiting', lease_until = NULL WHERE state = 'sending' AND lease_until < now();

-- name: mail_relay_lock :one
-- The server's row, locked: all senders together keep its rate.
SELECT clock_timestamp(), next_at, probe_at, failures FROM mail_relay FOR UPDATE;

-- name: mail_relay_take :exec
-- $1 when the next mail may leave.
UPDATE mail_relay SET next_at = $1::timestamptz;

-- name: mail_claim :many
-- $1 how many at most. The oldest that are due, ours for 90 s.
WITH due AS (
    SELECT id, created_at FROM mail
     WHERE state = 'waiting' AND due_at <= now()
     ORDER BY due_at, id
     LIMIT $1::bigint
       FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE mail m SET state = 'sending', attempt = attempt + 1, lease_until = now() + interval '90 seconds'
      FROM due WHERE m.id = due.id AND m.created_at = due.created_at
    RETURNING m.id, m.created_at, m.attempt, m.resent, m.kind, m.address, m.name, m.language, m.args, m.secret, m.due_at
)
SELECT id, created_at, attempt, resent, kind, address, name, language, args::text, coalesce(secret::text, '')
  FROM claimed ORDER BY due_at, id;

-- name: mail_end :exec
-- $1 mail, $2 created at, $3 attempt, $4 state, $5 outcome, $6 the server's answer. No row when it is no longer ours.
UPDATE mail SET state = $4::text::mail_state, ended_at = now(), lease_until = NULL,
                secret = CASE WHEN $4::text = 'failed' THEN secret END,
                answers = answers || jsonb_build_object('at', now(), 'outcome', $5::text, 'answer', $6::text)
 WHERE id = $1 AND created_at = $2 AND attempt = $3 AND state = 'sending';

-- name: mail_put_off :exec
-- $1 mail, $2 created at, $3 attempt, $4 milliseconds to wait, $5 outcome, $6 the server's answer. After three days it
-- has failed.
UPDATE mail SET state = CASE WHEN created_at < now() - interval '3 days' THEN 'failed'::mail_state ELSE 'waiting' END,
                ended_at = CASE WHEN created_at < now() - interval '3 days' THEN now() END,
                due_at = now() + make_interval(secs => $4::bigint / 1000.0), lease_until = NULL,
                answers = answers || jsonb_build_object('at', now(), 'outcome', $5::text, 'answer', $6::text)
 WHERE id = $1 AND created_at = $2 AND attempt = $3 AND state = 'sending';

-- name: mail_release :exec
-- $1 mails. As if they had not been claimed.
UPDATE mail SET state = 'waiting', attempt = attempt - 1, lease_until = NULL
 WHERE id = ANY ($1::text[]::bigint[]) AND state = 'sending';

-- name: mail_relay_failed :exec
-- $1 milliseconds to leave it alone, $2 what it said.
UPDATE mail_relay SET failures = failures + 1, down_since = coalesce(down_since, now()), answer = $2,
                      probe_at = clock_timestamp() + make_interval(secs => $1::bigint / 1000.0);

-- name: mail_relay_back :exec
UPDATE mail_relay SET failures = 0, down_since = NULL, answer = '' WHERE failures > 0;

-- name: mail_next_due :one
-- When a sender is needed next: a mail is due and the server is not left alone. NULL: nothing waits.
SELECT CASE WHEN r.failures > 0 THEN greatest(r.probe_at, m.due_at) ELSE m.due_at END
  FROM mail_relay r, (SELECT min(due_at) AS due_at FROM mail WHERE state = 'waiting') m;

-- name: mail_suppress :exec
-- $1 address in small letters, $2 reason, $3 did it bounce. What is there already stays.
INSERT INTO mail_suppression (address, reason, bounced) VALUES ($1, left($2, 500), $3::boolean) ON CONFLICT DO NOTHING;

-- name: mail_prune :exec
-- Links of mails that failed a week ago open nothing any more. Keys are kept for longer than anything is done twice.
WITH failed AS (
    UPDATE mail SET secret = NULL WHERE state = 'failed' AND secret IS NOT NULL AND ended_at < now() - interval '7 days'
)
DELETE FROM mail_key WHERE created_at < now() - interval '400 days';

-- ---- The operator's page ----

-- name: mail_lines :many
-- $1 id behind which the page begins (0: the first), $2 how many. Newest first.
SELECT id, created_at, state::text, kind, address, name, language, attempt, due_at, ended_at, vendor_name, args::text, has_secret, answer
  FROM mail_line WHERE $1::bigint = 0 OR id < $1 ORDER BY id DESC LIMIT $2;

-- name: mail_lines_in :many
-- $1 state, $2 id behind which the page begins, $3 how many.
SELECT id, created_at, state::text, kind, address, name, language, attempt, due_at, ended_at, vendor_name, args::text, has_secret, answer
  FROM mail_line WHERE state = $1::text::mail_state AND ($2::bigint = 0 OR id < $2) ORDER BY id DESC LIMIT $3;

-- name: mail_lines_to :many
-- $1 how the address begins, in small letters; $2 state or NULL, $3 id behind which the page begins, $4 how many.
SELECT id, created_at, state::text, kind, address, name, language, attempt, due_at, ended_at, vendor_name, args::text, has_secret, answer
  FROM mail_line
 WHERE lower(address) ~>=~ $1 AND lower(address) ~<~ ($1 || chr(1114111)) AND ($2::text IS NULL OR state = $2::mail_state)
   AND ($3::bigint = 0 OR id < $3)
 ORDER BY id DESC LIMIT $4;

-- name: mail_line_one :maybe
-- $1 mail.
SELECT id, created_at, state::text, kind, address, name, language, attempt, due_at, ended_at, vendor_name, args::text, has_secret, answer
  FROM mail_line WHERE id = $1;

-- name: mail_answers :many
-- $1 mail. What became of each attempt, oldest first.
SELECT (a.one ->> 'at')::timestamptz, a.one ->> 'outcome', a.one ->> 'answer'
  FROM mail m, jsonb_array_elements(m.answers) WITH ORDINALITY AS a (one, nth) WHERE m.id = $1 ORDER BY a.nth;

-- name: mail_counts :many
-- $1 states, $2 the most that are counted. One row a state, in that order.
SELECT (SELECT count(*) FROM (SELECT FROM mail m WHERE m.state = s.state::mail_state LIMIT $2::bigint) counted)
  FROM unnest($1::text[]) WITH ORDINALITY AS s (state, nth) ORDER BY s.nth;

-- name: mail_relay_state :one
SELECT down_since, probe_at, answer FROM mail_relay;

-- name: mail_resend :exec
-- $1 mail that has ended. Once more, as a mail of its own; not to an address that gets nothing.
UPDATE mail m SET state = 'waiting', due_at = now(), attempt = 0, ended_at = NULL, resent = resent + 1
 WHERE id = $1 AND state NOT IN ('waiting', 'sending')
   AND NOT EXISTS (SELECT FROM mail_suppression s WHERE s.address = lower(m.address));

-- name: mail_discard :exec
-- $1 mail that waits.
UPDATE mail SET state = 'discarded', ended_at = now(), secret = NULL WHERE id = $1 AND state = 'waiting';

-- name: mail_suppressed :many
-- $1 how the address begins, $2 address behind which the page begins, $3 how many.
SELECT address, reason, bounced, created_at FROM mail_suppression
 WHERE address > $2 AND starts_with(address, $1) ORDER BY address LIMIT $3;

-- name: mail_unsuppress :exec
-- $1 address in small letters.
DELETE FROM mail_suppression WHERE address = $1;
