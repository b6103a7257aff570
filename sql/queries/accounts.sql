-- People, their log-ins and their shops (src/accounts).

-- name: accounts_by_email :maybe
-- $1 e-mail, lower case.
SELECT id, password_hash, is_admin, token_version FROM account WHERE email = $1;

-- name: accounts_add :one
-- $1 e-mail, $2 name, $3 password hash, $4 admin?, $5 language, $6 does the person read that mail?
INSERT INTO account (email, name, password_hash, is_admin, language, verified_at) VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN now() END) RETURNING id;

-- name: accounts_set_password :exec
-- $1 account, $2 password hash.
UPDATE account SET password_hash = $2 WHERE id = $1;

-- name: accounts_set_look :exec
-- $1 account, $2 theme or NULL, $3 language or NULL.
UPDATE account SET theme = coalesce($2, theme), language = coalesce($3, language) WHERE id = $1;

-- name: accounts_first_shop :maybe
-- $1 account. The shop a log-in begins in.
SELECT vendor_id, role::text FROM shops_of($1) LIMIT 1;

-- name: accounts_shop :maybe
-- $1 account, $2 vendor. Only one of the person's own.
SELECT vendor_id, role::text FROM shops_of($1) WHERE vendor_id = $2;

-- name: accounts_add_session :one
-- $1 token hash, $2 account, $3 vendor or NULL, $4 device, $5 network, $6 seconds it lives.
INSERT INTO session (token_hash, account_id, acting_vendor, device, network, expires_at)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6::double precision)) RETURNING id;

-- name: accounts_session :maybe
-- $1 token hash, $2 longest idle seconds. Who a session's token stands for.
SELECT a.id, s.id, a.is_admin, a.token_version, coalesce(v.vendor_id, 0), coalesce(v.role::text, ''), a.email, a.name, a.theme, a.language,
       coalesce(v.slug, ''), coalesce(v.name, ''), coalesce(v.currency, ''), s.seen_at < now() - interval '5 minutes'
  FROM session s JOIN account a ON a.id = s.account_id
  LEFT JOIN LATERAL shops_of(a.id) v ON v.vendor_id = s.acting_vendor
 WHERE s.token_hash = $1 AND s.expires_at > now() AND s.seen_at > now() - make_interval(secs => $2::double precision);

-- name: accounts_person :maybe
-- $1 account, $2 vendor or 0. The same for a bearer token.
SELECT a.id, 0::bigint, a.is_admin, a.token_version, coalesce(v.vendor_id, 0), coalesce(v.role::text, ''), a.email, a.name, a.theme, a.language,
       coalesce(v.slug, ''), coalesce(v.name, ''), coalesce(v.currency, ''), false
  FROM account a
  LEFT JOIN LATERAL shops_of(a.id) v ON v.vendor_id = $2
 WHERE a.id = $1;

-- name: accounts_touch_session :exec
-- $1 token hash.
UPDATE session SET seen_at = now() WHERE token_hash = $1;

-- name: accounts_end_session :exec
-- $1 token hash.
DELETE FROM session WHERE token_hash = $1;

-- name: accounts_sessions :many
-- $1 account.
SELECT id, token_hash, device, network, created_at, seen_at FROM session WHERE account_id = $1 AND expires_at > now() ORDER BY seen_at DESC, id DESC LIMIT 100;

-- name: accounts_end_session_by_id :many
-- $1 account, $2 session. Only one of the person's own; its hash, so that the copy in Redis goes too.
DELETE FROM session WHERE account_id = $1 AND id = $2 RETURNING token_hash;

-- name: accounts_prune :exec
-- Log-ins that are over.
WITH tokens AS (DELETE FROM refresh_token WHERE expires_at < now())
DELETE FROM session WHERE expires_at < now();

-- name: accounts_add_refresh :exec
-- $1 token hash, $2 family, $3 account, $4 vendor or NULL, $5 token version, $6 seconds it lives.
INSERT INTO refresh_token (token_hash, family, account_id, acting_vendor, token_version, expires_at)
VALUES ($1, $2::uuid, $3, $4, $5, now() + make_interval(secs => $6::double precision));

-- name: accounts_refresh :maybe
-- $1 token hash. Locked: two uses of one token take turns.
SELECT t.family::text, t.account_id, coalesce(t.acting_vendor, 0), t.spent_at IS NOT NULL, t.token_version = a.token_version AND t.expires_at > now(), a.token_version
  FROM refresh_token t JOIN account a ON a.id = t.account_id WHERE t.token_hash = $1 FOR UPDATE OF t;

-- name: accounts_spend_refresh :exec
-- $1 token hash.
UPDATE refresh_token SET spent_at = now() WHERE token_hash = $1;

-- name: accounts_end_family :exec
-- $1 family.
DELETE FROM refresh_token WHERE family = $1::uuid;

-- name: accounts_end_refresh :exec
-- $1 token hash. Logs out: the whole family.
DELETE FROM refresh_token WHERE family = (SELECT family FROM refresh_token WHERE token_hash = $1);
