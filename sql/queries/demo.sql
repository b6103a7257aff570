-- The demo's orders (src/demo). Statements that make many rows out of a few figures.

-- name: demo_is_loaded :one
SELECT EXISTS (SELECT 1 FROM vendor WHERE slug = $1);

-- name: demo_variants :many
-- Those that get stock: of eight products the last is not counted.
SELECT id FROM product_variant WHERE vendor_id = (SELECT current_vendor()) AND product_id % 8 <> 7 ORDER BY id;

-- name: demo_publish :exec
-- $1 vendor. All its products can be bought; the newest was added a few days ago, the oldest half a year.
UPDATE product p SET status = 'active', created_at = x.at, updated_at = x.at
  FROM (SELECT id, now() - make_interval(days => (4 + 8 * row_number() OVER (ORDER BY id DESC))::int) AS at
          FROM product WHERE vendor_id = $1) x
 WHERE p.vendor_id = $1 AND p.id = x.id;

-- name: demo_customers :exec
-- $1 vendor, $2 how many.
INSERT INTO customer (vendor_id, email, name, created_at)
SELECT $1::bigint, format('customer-%s@example.org', n), (ARRAY['Anne','Marc','Léa','Tom','Mia','Paul','Zoé','Luc','Nora','Jang'])[1 + n % 10] || ' ' ||
       (ARRAY['Weber','Muller','Schmit','Hoffmann','Klein','Wagner','Thill','Kieffer','Reuter'])[1 + n % 9],
       now() - make_interval(days => (180 - n % 180)::int)
  FROM generate_series(1, $2::int) AS n;

-- name: demo_orders :exec
-- $1 vendor, $2 orders a day now, $3 days back, $4 currency. Grows over the days, more on Saturdays; same figures each time for the same input.
WITH days AS (
    SELECT d, date_trunc('day', now()) - make_interval(days => d::int) AS day FROM generate_series(0, $3::int - 1) AS d
), wanted AS (
    SELECT day, d, greatest(1, round($2::numeric * (1 - 0.6 * d / $3::numeric) * CASE WHEN extract(isodow FROM day) = 6 THEN 1.6 ELSE 0.9 END)
                       + (d * 7919 % 3) - 1)::int AS orders
      FROM days
), bare AS (
    SELECT row_number() OVER (ORDER BY at, n) AS number, at, d
      FROM (SELECT day + make_interval(mins => (480 + n * 8191 % 780)::int) AS at, d, n FROM wanted, generate_series(1, wanted.orders) AS n) placed
), people AS (
    SELECT id, email, name, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of FROM customer WHERE vendor_id = $1
), goods AS (
    SELECT p.id, v.id AS variant_id, v.sku, coalesce(v.price_minor, p.price_minor) AS price_minor, t.title, row_number() OVER (ORDER BY p.id) - 1 AS n, count(*) OVER () AS of
      FROM product p JOIN product_variant v ON v.vendor_id = p.vendor_id AND v.product_id = p.id AND v.position = 1
      JOIN product_text t ON t.vendor_id = p.vendor_id AND t.product_id = p.id AND t.language = 'en'
     WHERE p.vendor_id = $1
), items AS (
    SELECT b.number, line, g.id AS product_id, g.variant_id, g.sku, g.title, g.price_minor, (1 + (b.number * 31 + line) % 3)::int AS quantity
      FROM bare b, generate_series(1, (1 + b.number * 17 % 4)::int) AS line
      JOIN goods g ON true
     WHERE g.n = (b.number * 13 + line * 5) % g.of
), made AS (
    INSERT INTO orders (vendor_id, number, customer_id, buyer_email, buyer_name, state, items_minor, total_minor, currency, created_at, placed_at, updated_at)
    SELECT $1, b.number, p.id, p.email, p.name,
           (CASE WHEN b.number % 29 = 0 THEN 'cancelled' WHEN b.number % 41 = 0 THEN 'refunded'
                 WHEN b.d > 7 THEN 'completed' WHEN b.d > 2 THEN 'fulfilled' WHEN b.d > 0 THEN 'paid' ELSE 'pending' END)::order_state,
           t.total, t.total, $4, b.at, b.at, b.at
      FROM bare b JOIN people p ON p.n = b.number * 37 % p.of
      JOIN (SELECT number, sum(quantity * price_minor) AS total FROM items GROUP BY number) t ON t.number = b.number
     WHERE b.at <= now()
    RETURNING id, number, placed_at, state
), counted AS (
    UPDATE order_counter SET last_number = (SELECT max(number) FROM made) WHERE vendor_id = $1
), told AS (
    INSERT INTO order_event (vendor_id, order_id, at, what) SELECT $1, id, placed_at, 'placed' FROM made ORDER BY id
)
INSERT INTO order_item (vendor_id, order_id, line, product_id, variant_id, sku, title, quantity, price_minor, total_minor, placed_at)
SELECT $1, m.id, i.line, i.product_id, i.variant_id, i.sku, i.title, i.quantity, i.price_minor, i.quantity * i.price_minor, m.placed_at
  FROM made m JOIN items i ON i.number = m.number;
