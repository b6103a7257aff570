-- API keys of a shop (src/accounts).

-- name: keys_list :many
-- $1 vendor.
SELECT k.id, k.name, k.hint, array_to_string(k.scopes, ' '), coalesce(nullif(a.name, ''), a.email), k.created_at, k.expires_at, k.used_at, k.expires_at <= now()
  FROM api_key k JOIN account a ON a.id = k.account_id WHERE k.vendor_id = $1 ORDER BY k.id DESC;

-- name: keys_one :maybe
-- $1 vendor, $2 key.
SELECT k.id, k.name, k.hint, array_to_string(k.scopes, ' '), coalesce(nullif(a.name, ''), a.email), k.created_at, k.expires_at, k.used_at, k.expires_at <= now()
  FROM api_key k JOIN account a ON a.id = k.account_id WHERE k.vendor_id = $1 AND k.id = $2;

-- name: keys_count :one
-- $1 vendor. Counted behind a lock, so that two who make keys at once do not both make the last one.
SELECT count(*) FROM api_key WHERE vendor_id = $1;

-- name: keys_reserve :one
-- The id of the next key, which is a part of it.
SELECT nextval(pg_get_serial_sequence('api_key', 'id'));

-- name: keys_add :exec
-- $1 vendor, $2 id, $3 account, $4 name, $5 hint, $6 hash, $7 scopes, $8 days it lives, or NULL.
INSERT INTO api_key (vendor_id, id, account_id, name, hint, token_hash, scopes, expires_at)
OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7::text[], now() + make_interval(days => $8::integer));

-- name: keys_touch :exec
-- $1 vendor, $2 key.
UPDATE api_key SET used_at = now() WHERE vendor_id = $1 AND id = $2;

-- name: keys_end :many
-- $1 vendor, $2 key.
DELETE FROM api_key WHERE vendor_id = $1 AND id = $2 RETURNING token_hash, name;

-- name: keys_end_of :many
-- $1 vendor, $2 account. All that this person made.
DELETE FROM api_key WHERE vendor_id = $1 AND account_id = $2 RETURNING token_hash;

-- name: keys_hashes_of :many
-- $1 vendor, $2 account, or NULL for everybody's.
SELECT token_hash FROM api_key WHERE vendor_id = $1 AND ($2::bigint IS NULL OR account_id = $2);
