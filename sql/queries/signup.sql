-- Opening a shop by oneself, and the links that go out by mail (src/accounts, src/vendors).

-- name: signup_person_by_email :maybe
-- $1 e-mail, lower case.
SELECT a.id, a.email, a.name, a.language, coalesce(a.password_hash, ''), a.is_admin, coalesce(s.name, ''), coalesce(s.slug, '')
  FROM account a LEFT JOIN LATERAL (SELECT * FROM shops_of(a.id) LIMIT 1) s ON true WHERE a.email = $1;

-- name: signup_person :one
-- $1 account.
SELECT a.id, a.email, a.name, a.language, coalesce(a.password_hash, ''), a.is_admin, coalesce(s.name, ''), coalesce(s.slug, '')
  FROM account a LEFT JOIN LATERAL (SELECT * FROM shops_of(a.id) LIMIT 1) s ON true WHERE a.id = $1;

-- ---- Passwords ----

-- name: signup_put_password_link :exec
-- $1 account, $2 token hash, $3 reason, $4 seconds it lives. The one before is no good any more.
INSERT INTO password_link (account_id, token_hash, reason, expires_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4::double precision))
ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, reason = excluded.reason, expires_at = excluded.expires_at;

-- name: signup_password_link :maybe
-- $1 token hash. Whose it is; nothing changes.
SELECT account_id, reason FROM password_link WHERE token_hash = $1 AND expires_at > now();

-- name: signup_use_password_link :maybe
-- $1 token hash.
DELETE FROM password_link WHERE token_hash = $1 AND expires_at > now() RETURNING account_id;

-- name: signup_set_password :exec
-- $1 account, $2 password hash or NULL, $3 does the person read the address's mail for certain? Every older token ends, and so does every link that was made for somebody with the older password.
WITH links AS (DELETE FROM email_link WHERE account_id = $1 AND act = 'confirm'),
     resets AS (DELETE FROM password_link WHERE account_id = $1)
UPDATE account SET password_hash = $2, token_version = token_version + 1, verified_at = CASE WHEN $3 THEN coalesce(verified_at, now()) ELSE verified_at END
 WHERE id = $1;

-- ---- Addresses ----

-- name: signup_put_confirm_link :exec
-- $1 token hash, $2 account, $3 the new address, $4 seconds it lives. One at a time.
WITH older AS (DELETE FROM email_link WHERE account_id = $2 AND act = 'confirm')
INSERT INTO email_link (token_hash, account_id, act, email, expires_at) VALUES ($1, $2, 'confirm', $3, now() + make_interval(secs => $4::double precision));

-- name: signup_put_undo_link :exec
-- $1 token hash, $2 account, $3 the address so far, $4 seconds it lives.
INSERT INTO email_link (token_hash, account_id, act, email, expires_at) VALUES ($1, $2, 'undo', $3, now() + make_interval(secs => $4::double precision));

-- name: signup_email_link :maybe
-- $1 token hash, $2 act. The address it leads to and the one there is; nothing changes.
SELECT l.account_id, l.email, a.email FROM email_link l JOIN account a ON a.id = l.account_id WHERE l.token_hash = $1 AND l.act = $2 AND l.expires_at > now();

-- name: signup_use_confirm_link :maybe
-- $1 token hash.
DELETE FROM email_link WHERE token_hash = $1 AND act = 'confirm' AND expires_at > now() RETURNING account_id, email;

-- name: signup_use_undo_link :maybe
-- $1 token hash. What was begun after it by somebody else ends with it.
WITH used AS (DELETE FROM email_link WHERE token_hash = $1 AND act = 'undo' AND expires_at > now() RETURNING account_id, email, created_at),
     later AS (DELETE FROM email_link l USING used u WHERE l.account_id = u.account_id AND l.token_hash <> $1 AND (l.act = 'confirm' OR l.created_at >= u.created_at))
SELECT account_id, email FROM used;

-- name: signup_set_email :exec
-- $1 account, $2 address. A link to the address before opens nothing any more.
WITH resets AS (DELETE FROM password_link WHERE account_id = $1)
UPDATE account SET email = $2, verified_at = now() WHERE id = $1;

-- ---- Shops ----

-- name: signup_free_slug :one
-- $1 the name that is wanted. NULL when nothing like it is free.
SELECT free_slug($1);

-- name: signup_register :exec
-- $1 token hash, $2 ticket hash, $3 e-mail, $4 name, $5 password hash, $6 shop, $7 slug, $8 currency, $9 language, $10 seconds it lives.
INSERT INTO registration (token_hash, ticket_hash, email, name, password_hash, shop, slug, currency, language, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10::double precision));

-- name: signup_register_again :maybe
-- $1 ticket hash, $2 hash of another token, $3 seconds it lives. The link before stays good.
WITH first AS (SELECT * FROM registration WHERE ticket_hash = $1 AND expires_at > now() ORDER BY created_at LIMIT 1)
INSERT INTO registration (token_hash, ticket_hash, email, name, password_hash, shop, slug, currency, language, expires_at)
SELECT $2, ticket_hash, email, name, password_hash, shop, slug, currency, language, now() + make_interval(secs => $3::double precision) FROM first
RETURNING email, name, language;

-- name: signup_ticket :maybe
-- $1 ticket hash.
SELECT email FROM registration WHERE ticket_hash = $1 AND expires_at > now() LIMIT 1;

-- name: signup_registration :maybe
-- $1 token hash. Nothing changes.
SELECT email, shop, slug, free_slug(slug) FROM registration WHERE token_hash = $1 AND expires_at > now();

-- name: signup_use_registration :maybe
-- $1 token hash. Others of the same address go with it.
WITH used AS (DELETE FROM registration WHERE token_hash = $1 AND expires_at > now() RETURNING email, name, password_hash, shop, slug, currency, language),
     others AS (DELETE FROM registration r USING used u WHERE r.email = u.email AND r.token_hash <> $1)
SELECT email, name, password_hash, shop, slug, currency, language FROM used;

-- name: signup_open_shop :one
-- $1 owner, $2 slug, $3 name, $4 currency, $5 language, $6 days of the trial.
SELECT open_shop($1, $2, $3, $4, $5, make_interval(days => $6));

-- name: signup_prune :exec
-- Links that nobody used in time.
WITH registrations AS (DELETE FROM registration WHERE expires_at < now()),
     passwords AS (DELETE FROM password_link WHERE expires_at < now())
DELETE FROM email_link WHERE expires_at < now();
