-- People, their log-ins and their shops (src/accounts).

-- name: accounts_by_email :maybe
-- $1 e-mail, lower case.
SELECT a.id, a.email, a.name, a.language, a.password_hash, a.is_admin, a.token_version, t.on_since IS NOT NULL
  FROM account a LEFT JOIN account_totp t ON t.account_id = a.id WHERE a.email = $1;

-- name: accounts_by_id :maybe
-- $1 account.
SELECT a.id, a.email, a.name, a.language, a.password_hash, a.is_admin, a.token_version, t.on_since IS NOT NULL
  FROM account a LEFT JOIN account_totp t ON t.account_id = a.id WHERE a.id = $1;

-- name: accounts_for_login :one
-- $1 e-mail, lower case, $2 hash of the device cookie or NULL, $3 wrong ones after which a device is known no more. One row, also for nobody.
SELECT coalesce(a.id, 0), coalesce(a.email, q.email), coalesce(a.name, ''), coalesce(a.language, ''), coalesce(a.password_hash, ''), coalesce(a.is_admin, false), coalesce(a.token_version, 0),
       t.on_since IS NOT NULL, d.token_hash IS NOT NULL
  FROM (SELECT $1::text AS email) q
  LEFT JOIN account a ON a.email = q.email
  LEFT JOIN account_totp t ON t.account_id = a.id
  LEFT JOIN login_device d ON d.token_hash = $2 AND d.account_id = a.id AND d.expires_at > now() AND d.wrong < $3;

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
-- $1 token hash, $2 account, $3 vendor or NULL, $4 device, $5 network, $6 seconds it lives, $7 beyond the browser's end?
INSERT INTO session (token_hash, account_id, acting_vendor, device, network, expires_at, stays)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6::double precision), $7) RETURNING id;

-- name: accounts_session :maybe
-- $1 token hash, $2 longest idle seconds, $3 the operator's, $4 does the operator need a second factor? Who a session's token stands for.
SELECT a.id, s.id, a.is_admin AND (NOT $4::boolean OR EXISTS (SELECT 1 FROM account_totp t WHERE t.account_id = a.id AND t.on_since IS NOT NULL)), a.token_version, coalesce(v.vendor_id, 0), coalesce(v.role::text, ''), a.email, a.name, a.theme, a.language,
       coalesce(v.slug, o.slug, ''), coalesce(v.name, o.name, ''), coalesce(v.currency, o.currency, ''), s.seen_at < now() - interval '5 minutes',
       (SELECT count(*) FROM shops_of(a.id)), coalesce(o.vendor_id, 0), s.acting_until, ''
  FROM session s JOIN account a ON a.id = s.account_id
  LEFT JOIN LATERAL shops_of(a.id) v ON v.vendor_id = s.acting_vendor
  LEFT JOIN LATERAL shop_acted_in(s.acting_vendor) o ON a.is_admin AND s.acting_until > now()
 WHERE s.token_hash = $1 AND s.expires_at > now() AND s.seen_at > now() - make_interval(secs => CASE WHEN a.is_admin THEN $3::double precision ELSE $2::double precision END);

-- name: accounts_person :maybe
-- $1 account, $2 vendor or 0, $3 does the operator need a second factor? The same for a bearer token.
SELECT a.id, 0::bigint, a.is_admin AND (NOT $3::boolean OR EXISTS (SELECT 1 FROM account_totp t WHERE t.account_id = a.id AND t.on_since IS NOT NULL)), a.token_version, coalesce(v.vendor_id, 0), coalesce(v.role::text, ''), a.email, a.name, a.theme, a.language,
       coalesce(v.slug, ''), coalesce(v.name, ''), coalesce(v.currency, ''), false, 0::bigint, 0::bigint, NULL::timestamptz, ''
  FROM account a
  LEFT JOIN LATERAL shops_of(a.id) v ON v.vendor_id = $2
 WHERE a.id = $1;

-- name: accounts_key :maybe
-- $1 id of an API key, $2 its hash. The same for a key, which acts in its maker's name.
SELECT a.id, 0::bigint, false, a.token_version, k.vendor_id, k.role::text, a.email, a.name, a.theme, a.language,
       k.slug, k.name, k.currency, k.stale, 0::bigint, 0::bigint, NULL::timestamptz, k.scopes
  FROM api_key_of($1, $2) k JOIN account a ON a.id = k.account_id;

-- name: accounts_touch_session :exec
-- $1 token hash.
UPDATE session SET seen_at = now() WHERE token_hash = $1;

-- name: accounts_end_session :exec
-- $1 token hash.
DELETE FROM session WHERE token_hash = $1;

-- name: accounts_sessions :many
-- $1 account.
SELECT id, device, network, created_at, seen_at FROM session WHERE account_id = $1 AND expires_at > now() ORDER BY seen_at DESC, id DESC LIMIT 100;

-- name: accounts_end_session_by_id :many
-- $1 account, $2 session. Only one of the person's own; its hash, so that the copy in Redis goes too.
DELETE FROM session WHERE account_id = $1 AND id = $2 RETURNING token_hash;

-- name: accounts_end_other_sessions :many
-- $1 account, $2 session that stays, or 0. With every token of programs: none of their version counts any more.
WITH raised AS (UPDATE account SET token_version = token_version + 1 WHERE id = $1),
     tokens AS (DELETE FROM refresh_token WHERE account_id = $1)
DELETE FROM session WHERE account_id = $1 AND id <> $2 RETURNING token_hash;

-- name: accounts_shops :many
-- $1 account. For which shops programs may have come.
SELECT vendor_id FROM shops_of($1);

-- name: accounts_renew_session :maybe
-- $1 token hash, $2 the next one, $3 was the password typed just now?
UPDATE session SET token_hash = $2, proved_at = CASE WHEN $3 THEN now() ELSE proved_at END WHERE token_hash = $1
RETURNING stays, extract(epoch FROM expires_at - now())::bigint;

-- name: accounts_session_is_fresh :maybe
-- $1 token hash, $2 seconds.
SELECT proved_at > now() - make_interval(secs => $2::double precision) FROM session WHERE token_hash = $1;

-- name: accounts_enter_shop :exec
-- $1 token hash, $2 vendor. From now on that session works there.
UPDATE session SET acting_vendor = $2, acting_until = NULL WHERE token_hash = $1;

-- name: accounts_act_as :exec
-- $1 token hash, $2 vendor, or NULL to leave, $3 seconds.
UPDATE session SET acting_vendor = $2, acting_until = CASE WHEN $2::bigint IS NOT NULL THEN now() + make_interval(secs => $3::double precision) END WHERE token_hash = $1;

-- name: accounts_end_in_shop :many
-- $1 account, $2 vendor. Sessions and refresh tokens of that person there.
WITH tokens AS (DELETE FROM refresh_token WHERE account_id = $1 AND acting_vendor = $2)
DELETE FROM session WHERE account_id = $1 AND acting_vendor = $2 RETURNING token_hash;

-- name: accounts_end_shop :many
-- $1 vendor. The same for everybody: the shop closes.
WITH tokens AS (DELETE FROM refresh_token WHERE acting_vendor = $1 AND account_id IN (SELECT account_id FROM membership WHERE vendor_id = $1))
DELETE FROM session WHERE acting_vendor = $1 AND account_id IN (SELECT account_id FROM membership WHERE vendor_id = $1) RETURNING token_hash;

-- name: accounts_prune :exec
-- $1 rows of guards that nobody is known for, at most. Log-ins that are over, and wrong tries that say nothing any more: a few after a day, many after 90. A person's newest place stays.
WITH tokens AS (DELETE FROM refresh_token WHERE expires_at < now()),
     devices AS (DELETE FROM login_device WHERE expires_at < now()),
     unlocks AS (DELETE FROM login_unlock WHERE expires_at < now()),
     places AS (DELETE FROM login_place p
                 WHERE p.seen_at < now() - interval '180 days'
                   AND EXISTS (SELECT 1 FROM login_place n WHERE n.account_id = p.account_id AND n.seen_at > p.seen_at)),
     quiet AS (DELETE FROM login_guard
                WHERE changed_at < now() - interval '1 day'
                  AND (locked_at IS NULL AND (in_a_row < 10 OR changed_at < now() - interval '90 days') OR account_id IS NULL AND changed_at < now() - interval '1 year')),
     spare AS (DELETE FROM login_guard
                WHERE account_id IS NULL AND locked_at IS NULL
                  AND changed_at < (SELECT changed_at FROM login_guard ORDER BY changed_at DESC OFFSET $1 LIMIT 1))
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

-- ---- Tries ----

-- name: accounts_guard :one
-- $1 key, $2 account or NULL. What was wrong before, locked: those who try at the same moment take turns.
INSERT INTO login_guard (key, account_id) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET account_id = coalesce(EXCLUDED.account_id, login_guard.account_id)
RETURNING wrong, in_a_row, began_at, wait_until, locked_at IS NOT NULL;

-- name: accounts_set_guard :exec
-- $1 key, $2 wrong in the window, $3 wrong in a row, $4 the window's begin, $5 when one may try again, $6 locked?
UPDATE login_guard SET wrong = $2, in_a_row = $3, began_at = $4, wait_until = $5, locked_at = CASE WHEN $6 THEN coalesce(locked_at, now()) END, changed_at = now() WHERE key = $1;

-- name: accounts_forget_guard :exec
-- $1 key.
DELETE FROM login_guard WHERE key = $1;

-- name: accounts_forget_account_guard :exec
-- $1 account.
DELETE FROM login_guard WHERE account_id = $1;

-- name: accounts_forgive :exec
-- $1 account, $2 key of the address: also what was tried before the account was there.
DELETE FROM login_guard WHERE account_id = $1 OR key = $2;

-- name: accounts_add_attempt :exec
-- $1 account or NULL, $2 outcome, $3 network, $4 device.
INSERT INTO login_attempt (account_id, outcome, network, device) VALUES ($1, $2::login_outcome, $3, $4);

-- name: accounts_recent_attempts :many
-- $1 account, $2 how many. The newest of the last 90 days.
SELECT at, outcome::text, network, device FROM login_attempt WHERE account_id = $1 AND at > now() - interval '90 days' AND at <= now() ORDER BY at DESC LIMIT $2;

-- name: accounts_come_from :one
-- $1 account, $2 network, $3 device. A good log-in from there, with that, goes on record. Strange: there were others before, never such a one. Of the first of all one need not be told.
INSERT INTO login_place (account_id, network, device) VALUES ($1, $2, $3)
ON CONFLICT (account_id, network, device) DO UPDATE SET seen_at = now()
RETURNING EXISTS (SELECT 1 FROM login_place p WHERE p.account_id = $1) AND NOT EXISTS (SELECT 1 FROM login_place p WHERE p.account_id = $1 AND p.network = $2 AND p.device = $3);

-- name: accounts_add_unlock :exec
-- $1 token hash, $2 key of the guard, $3 seconds it is good for.
INSERT INTO login_unlock (token_hash, key, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3::double precision));

-- name: accounts_use_unlock :exec
-- $1 token hash. The guard goes, and with it every link that was sent for it.
DELETE FROM login_guard g USING login_unlock u WHERE u.token_hash = $1 AND u.expires_at > now() AND g.key = u.key;

-- ---- Devices ----

-- name: accounts_add_device :exec
-- $1 token hash, $2 account, $3 seconds it is known.
INSERT INTO login_device (token_hash, account_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3::double precision));

-- name: accounts_count_device :exec
-- $1 token hash, $2 wrong ones after which it is known no more. Nothing, then.
UPDATE login_device SET wrong = wrong + 1 WHERE token_hash = $1 AND wrong < $2;

-- name: accounts_uncount_device :exec
-- $1 token hash.
UPDATE login_device SET wrong = greatest(wrong - 1, 0) WHERE token_hash = $1;

-- name: accounts_clear_device :exec
-- $1 token hash. A good log-in: it is known for as long again.
UPDATE login_device SET wrong = 0, expires_at = now() + interval '180 days' WHERE token_hash = $1;

-- ---- The second factor ----

-- name: accounts_factor :maybe
-- $1 account.
SELECT t.secret, t.on_since, (SELECT count(*) FROM recovery_code c WHERE c.account_id = t.account_id AND c.used_at IS NULL) FROM account_totp t WHERE t.account_id = $1;

-- name: accounts_begin_factor :exec
-- $1 account, $2 sealed secret. Nothing when one is on already.
INSERT INTO account_totp (account_id, secret) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET secret = EXCLUDED.secret, last_step = 0, created_at = now() WHERE account_totp.on_since IS NULL;

-- name: accounts_use_step :exec
-- $1 account, $2 step. Nothing when that one or a later one was used.
UPDATE account_totp SET last_step = $2 WHERE account_id = $1 AND last_step < $2;

-- name: accounts_turn_on_factor :exec
-- $1 account.
UPDATE account_totp SET on_since = now() WHERE account_id = $1 AND on_since IS NULL;

-- name: accounts_drop_factor :exec
-- $1 account.
DELETE FROM account_totp WHERE account_id = $1;

-- name: accounts_add_recovery :exec
-- $1 account, $2 hash.
INSERT INTO recovery_code (account_id, code_hash) VALUES ($1, $2);

-- name: accounts_use_recovery :exec
-- $1 account, $2 hash. Once.
UPDATE recovery_code SET used_at = now() WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL;

-- name: accounts_drop_recovery :exec
-- $1 account.
DELETE FROM recovery_code WHERE account_id = $1;

-- ---- The operator's page ----

-- name: accounts_attempt_hours :many
-- $1 hours. Log-ins an hour, the oldest first: right, wrong, refused.
SELECT h.at, coalesce(n.good, 0), coalesce(n.wrong, 0), coalesce(n.refused, 0)
  FROM generate_series(date_trunc('hour', now()) - make_interval(hours => $1::int - 1), date_trunc('hour', now()), interval '1 hour') h (at)
  LEFT JOIN (SELECT date_trunc('hour', at) AS at, count(*) FILTER (WHERE outcome = 'right') AS good, count(*) FILTER (WHERE outcome IN ('wrong', 'code_wrong')) AS wrong,
                    count(*) FILTER (WHERE outcome IN ('waiting', 'locked')) AS refused
               FROM login_attempt WHERE at >= date_trunc('hour', now()) - make_interval(hours => $1::int - 1) AND at <= now() GROUP BY 1) n ON n.at = h.at
 ORDER BY h.at;

-- name: accounts_locks :many
-- $1 how many. Who has to wait, the locked first.
SELECT coalesce(g.account_id, 0), coalesce(a.email, ''), g.in_a_row, g.locked_at IS NOT NULL, g.wait_until, g.changed_at
  FROM login_guard g LEFT JOIN account a ON a.id = g.account_id
 WHERE g.changed_at > now() - interval '1 day' AND g.wait_until > now() OR g.locked_at IS NOT NULL
 ORDER BY g.locked_at IS NULL, g.changed_at DESC LIMIT $1;

-- name: accounts_refusals :many
-- $1 how many. The newest of the last 90 days.
SELECT t.at, t.outcome::text, coalesce(a.email, ''), t.network, t.device
  FROM login_attempt t LEFT JOIN account a ON a.id = t.account_id
 WHERE t.outcome IN ('waiting', 'locked') AND t.at > now() - interval '90 days' AND t.at <= now() ORDER BY t.at DESC LIMIT $1;

-- name: accounts_factor_coverage :one
-- Operators, those with a second factor, all others, those with one.
SELECT count(*) FILTER (WHERE a.is_admin), count(*) FILTER (WHERE a.is_admin AND t.on_since IS NOT NULL), count(*) FILTER (WHERE NOT a.is_admin), count(*) FILTER (WHERE NOT a.is_admin AND t.on_since IS NOT NULL)
  FROM account a LEFT JOIN account_totp t ON t.account_id = a.id;
