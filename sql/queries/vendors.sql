-- Shops and who belongs to them (src/vendors).

-- name: vendors_add :one
-- $1 slug, $2 name, $3 currency, $4 language.
WITH added AS (
    INSERT INTO vendor (slug, name, currency, language) VALUES ($1, $2, $3, $4) RETURNING id
), counter AS (
    INSERT INTO vendor_counter (vendor_id) SELECT id FROM added RETURNING vendor_id
)
SELECT vendor_id FROM counter;

-- name: vendors_add_member :exec
-- $1 vendor, $2 account, $3 role.
INSERT INTO membership (vendor_id, account_id, role) VALUES ($1, $2, $3::member_role);

-- name: vendors_list :many
-- $1 text in name or slug or NULL, $2 state or NULL, $3 id behind which the page begins (0: the first), $4 how many. Newest first.
SELECT v.id, v.slug, v.name, v.state::text, v.currency, v.language, v.created_at, c.products, c.images, o.orders
  FROM vendor v JOIN vendor_counter c ON c.vendor_id = v.id JOIN order_counter o ON o.vendor_id = v.id
 WHERE ($1::text IS NULL OR strpos(lower(v.name), lower($1)) > 0 OR strpos(lower(v.slug), lower($1)) > 0)
   AND ($2::text IS NULL OR v.state = $2::vendor_state)
   AND ($3::bigint = 0 OR v.id < $3)
 ORDER BY v.id DESC
 LIMIT $4;

-- name: vendors_one :maybe
-- $1 vendor.
SELECT v.id, v.slug, v.name, v.state::text, v.currency, v.language, v.created_at, c.products, c.images, o.orders
  FROM vendor v JOIN vendor_counter c ON c.vendor_id = v.id JOIN order_counter o ON o.vendor_id = v.id WHERE v.id = $1;

-- name: vendors_members :many
-- $1 vendor.
SELECT a.email, a.name, m.role::text, m.created_at FROM membership m JOIN account a ON a.id = m.account_id WHERE m.vendor_id = $1 ORDER BY m.role DESC, a.email;

-- name: vendors_set :exec
-- $1 vendor, $2 name or NULL, $3 state or NULL.
UPDATE vendor SET name = coalesce($2, name), state = coalesce($3::vendor_state, state) WHERE id = $1;
