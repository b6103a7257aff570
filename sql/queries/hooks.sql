-- Webhooks out (src/hooks).

-- name: hooks_put :one
-- $1 event, $2 objects, $3 JSON texts or NULL. How many deliveries it wrote.
SELECT hook_put($1, $2::bigint[], $3::text[]);

-- name: hooks_wanted :one
-- $1 vendor, $2 event.
SELECT EXISTS (SELECT FROM hook_endpoint WHERE vendor_id = $1 AND enabled AND $2 = ANY (events));
