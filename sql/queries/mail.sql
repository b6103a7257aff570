-- The outbox and its sender (src/mail).

-- name: mail_add :one
-- $1 kind, $2 address, $3 name, $4 language, $5 args (JSON), $6 secret (JSON) or NULL, $7 key or NULL. True when it
-- waits to be sent; false when the key was used before or the address is suppressed.
SELECT coalesce(mail_put($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7) = 'waiting', false);
