-- Orders and customers (src/orders). The tenant is the transaction's: current_vendor().

-- ---- Past orders ----

-- name: orders_past_people :exec
-- $1 past orders (JSON). Those who bought and are not known yet, by their number or their address.
WITH given AS (
    SELECT DISTINCT ON (coalesce(g.customer, g.email)) g.customer, lower(g.email) AS email, g.name, g.language,
           min(g.placed_at) OVER (PARTITION BY coalesce(g.customer, g.email)) AS first_at
      FROM jsonb_to_recordset($1::jsonb) AS g (customer text, email text, name text, language text, placed_at timestamptz)
     WHERE g.customer IS NOT NULL OR g.email IS NOT NULL
     ORDER BY coalesce(g.customer, g.email), g.placed_at DESC
)
INSERT INTO customer (vendor_id, email, external, name, language, created_at)
SELECT (SELECT current_vendor()), g.email, g.customer, left(g.name, 200), g.language, least(g.first_at, now())
  FROM given g
 WHERE NOT EXISTS (SELECT FROM customer c WHERE c.vendor_id = (SELECT current_vendor()) AND c.external = g.customer)
   AND NOT EXISTS (SELECT FROM customer c WHERE c.vendor_id = (SELECT current_vendor()) AND c.email = g.email)
 ORDER BY g.email, g.customer
ON CONFLICT DO NOTHING;

-- name: orders_past_put :many
-- $1 past orders (JSON). "added", "same" or "differs" for each, in their order.
WITH given AS MATERIALIZED (
    SELECT g.*, coalesce((SELECT c.id FROM customer c WHERE c.vendor_id = (SELECT current_vendor()) AND c.external = g.customer),
                         (SELECT c.id FROM customer c WHERE c.vendor_id = (SELECT current_vendor()) AND c.email = lower(g.email))) AS customer_id
      FROM jsonb_to_recordset($1::jsonb) AS g (place bigint, number text, state text, placed_at timestamptz, customer text, email text, name text,
                                               country text, language text, currency text, total bigint, lines jsonb)
), before AS MATERIALIZED (
    SELECT o.external, o.total_minor, o.state::text AS state FROM orders o
     WHERE o.vendor_id = (SELECT current_vendor()) AND o.external = ANY (SELECT number FROM given)
), made AS (
    INSERT INTO orders (vendor_id, external, customer_id, state, source, language, currency, items_minor, total_minor, placed_at,
                        buyer_email, buyer_name, ship_to)
    SELECT DISTINCT ON (g.number) (SELECT current_vendor()), g.number, g.customer_id, g.state::order_state, 'import', g.language, g.currency, g.total, g.total,
           g.placed_at, lower(g.email), left(g.name, 200),
           CASE WHEN g.country <> '' THEN jsonb_build_object('name', g.name, 'country', g.country) END
      FROM given g WHERE NOT EXISTS (SELECT FROM before b WHERE b.external = g.number)
     ORDER BY g.number, g.place
    ON CONFLICT (vendor_id, external) WHERE external IS NOT NULL DO NOTHING
    RETURNING id, external, placed_at, total_minor, state::text AS state
), first AS (
    SELECT DISTINCT ON (g.number) g.number, g.place, g.lines FROM given g ORDER BY g.number, g.place
), items AS (
    INSERT INTO order_item (vendor_id, order_id, line, sku, title, quantity, price_minor, total_minor, placed_at)
    SELECT (SELECT current_vendor()), m.id, l.n, l.line ->> 'sku', l.line ->> 'title', (l.line ->> 'quantity')::integer,
           (l.line ->> 'price')::bigint, (l.line ->> 'total')::bigint, m.placed_at
      FROM made m JOIN first f ON f.number = m.external,
           LATERAL jsonb_array_elements(f.lines) WITH ORDINALITY AS l (line, n)
), told AS (
    INSERT INTO order_event (vendor_id, order_id, at, what) SELECT (SELECT current_vendor()), m.id, m.placed_at, 'placed' FROM made m
)
SELECT CASE WHEN f.place = g.place AND m.id IS NOT NULL THEN 'added'
            WHEN coalesce(b.total_minor, m.total_minor) = g.total AND coalesce(b.state, m.state) = g.state THEN 'same'
            ELSE 'differs' END
  FROM given g
  JOIN first f ON f.number = g.number
  LEFT JOIN before b ON b.external = g.number
  LEFT JOIN made m ON m.external = g.number
 ORDER BY g.place;
