-- What src/db says for itself, around the rooms' statements: transactions, the tenant, the role.

-- name: db_begin :exec
BEGIN;

-- name: db_commit :exec
COMMIT;

-- name: db_rollback :exec
ROLLBACK;

-- name: db_ping :one
SELECT 1;

-- name: db_statement_timeout :one
-- In milliseconds; 0: none.
SELECT (extract(epoch FROM current_setting('statement_timeout')::interval) * 1000)::bigint;

-- All settings below are local: they end with the transaction, an implicit one's too.

-- name: db_bind_tenant :one
-- $1 vendor or ''. For the statements up to the end of a transaction that may write.
SELECT set_config('souk.vendor', $1, true);

-- name: db_bind_tenant_read :one
-- $1 vendor or ''. The same for one that must not write.
SELECT set_config('souk.vendor', $1, true), set_config('transaction_read_only', 'on', true);

-- name: db_bind_shop_read :one
-- $1 slug of a public shop; no tenant when there is none, or none that is open.
SELECT set_config('souk.vendor', coalesce(shop_id($1)::text, ''), true), set_config('transaction_read_only', 'on', true);

-- name: db_bind_shop :one
-- $1 slug of a public shop, for one who buys there.
SELECT set_config('souk.vendor', coalesce(shop_id($1)::text, ''), true);

-- name: db_bind_operator :one
-- $1 vendor or ''. Every tenant is seen.
SELECT set_config('souk.vendor', $1, true), set_config('role', 'souk_system', true);

-- name: db_bind_operator_read :one
-- $1 vendor or ''.
SELECT set_config('souk.vendor', $1, true), set_config('role', 'souk_system', true), set_config('transaction_read_only', 'on', true);

-- Migrations (src/db/migrate.c), over a connection of their own.

-- name: migrate_role :exec
-- Whoever connected: what is made belongs to the owner.
SET ROLE souk_owner;

-- name: migrate_lock :many
-- One at a time; a second node waits here and then finds nothing left to do.
SELECT pg_advisory_lock(7355608);

-- name: migrate_table :exec
CREATE TABLE IF NOT EXISTS schema_migration (
    name     text PRIMARY KEY,
    checksum text NOT NULL,
    ran_at   timestamptz NOT NULL DEFAULT now()
);

-- name: migrate_table_grant :exec
GRANT SELECT ON schema_migration TO souk_app;

-- name: migrate_table_there :one
SELECT to_regclass('schema_migration') IS NOT NULL;

-- name: migrate_recorded :many
SELECT name, checksum FROM schema_migration ORDER BY name;

-- name: migrate_record :exec
-- $1 name, $2 checksum.
INSERT INTO schema_migration (name, checksum) VALUES ($1, $2);
