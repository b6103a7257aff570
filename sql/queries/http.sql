-- What src/http keeps of writes: their answers, for clients that ask again under the same key.

-- name: http_shop :maybe
-- The open shop that the address names.
SELECT id FROM vendor WHERE id = (SELECT current_vendor());

-- name: idempotency_wait :many
-- $1 account, $2 scope, $3 key. Until the request that is at work under it has ended.
SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::bigint::text, $2::text, $3::text), 8));

-- name: idempotency_find :one
-- $1 account (0: nobody), $2 scope, $3 key. Is the key ours to use now (another request may be at work under it)? And the answer
-- that was given, if one was.
SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::bigint::text, $2::text, $3::text), 8)),
       i.request, i.status, i.type, i.location, i.etag, i.body IS NULL, coalesce(i.body, '')
  FROM (VALUES (1)) AS one (n)
  LEFT JOIN idempotency i ON i.account_id = $1 AND i.scope = $2 AND i.key = $3;

-- name: idempotency_keep :exec
-- $1 account, $2 scope, $3 key, $4 SHA-256 of the request, $5 status, $6 type, $7 location, $8 etag, $9 body or NULL.
INSERT INTO idempotency (account_id, scope, key, request, status, type, location, etag, body)
VALUES ($1, $2, $3, $4, $5::bigint, $6, $7, $8, $9);

-- name: idempotency_prune :exec
-- Older than a day: who has not asked again by then does not.
DELETE FROM idempotency WHERE created_at < now() - interval '1 day';
