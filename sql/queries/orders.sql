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

-- ---- What a shop says of its orders ----

-- name: orders_terms :one
-- How the shop of this transaction sells.
SELECT s.slug, s.name, s.currency, s.language, s.prices_with_tax, coalesce(t.shipping_minor, 0), t.free_from_minor, coalesce(t.pending_hours, 0),
       coalesce(t.pay_by, ''), coalesce(t.tell, '')
  FROM vendor s LEFT JOIN order_terms t ON t.vendor_id = s.id WHERE s.id = (SELECT current_vendor());

-- name: orders_set_terms :exec
-- $1 price of shipping, $2 from when it is free or NULL, $3 hours or NULL, $4 how to pay, $5 address of the note or NULL.
INSERT INTO order_terms (vendor_id, shipping_minor, free_from_minor, pending_hours, pay_by, tell) VALUES (current_vendor(), $1, $2, $3::integer, $4, $5)
ON CONFLICT (vendor_id) DO UPDATE SET shipping_minor = EXCLUDED.shipping_minor, free_from_minor = EXCLUDED.free_from_minor,
       pending_hours = EXCLUDED.pending_hours, pay_by = EXCLUDED.pay_by, tell = EXCLUDED.tell;

-- ---- Placing one ----

-- name: orders_goods :many
-- $1 variants, $2 products, $3 SKUs (0 and '' where another says which), $4 language. What is asked for, as it is now: two rows for a product
-- that has several variants, one without ids for what is not there.
WITH wanted AS MATERIALIZED (
    SELECT w.variant, w.product, w.sku, w.at FROM unnest($1::bigint[], $2::bigint[], $3::text[]) WITH ORDINALITY AS w (variant, product, sku, at)
), found AS (
    SELECT w.at, v.id FROM wanted w JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.id = w.variant
    UNION ALL
    SELECT w.at, v.id FROM wanted w CROSS JOIN LATERAL (
        SELECT x.id FROM product_variant x WHERE x.vendor_id = (SELECT current_vendor()) AND x.product_id = w.product ORDER BY x.position, x.id LIMIT 2) v
     WHERE w.variant = 0 AND w.product <> 0
    UNION ALL
    SELECT w.at, v.id FROM wanted w JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.sku_key = lower(w.sku)
     WHERE w.variant = 0 AND w.product = 0
)
SELECT w.at, coalesce(v.id, 0), coalesce(v.product_id, 0), v.sku, coalesce(t.title, v.sku), coalesce(t.language, ''),
       (SELECT coalesce(json_agg(json_build_object('name', p.option_names[n], 'value', v.option_values[n]) ORDER BY n), '[]')
          FROM generate_subscripts(p.option_names, 1) AS n WHERE v.option_values[n] <> '')::text,
       coalesce(v.price_minor, p.price_minor), p.currency, coalesce(p.tax_bp, s.tax_bp), p.active
  FROM wanted w
  LEFT JOIN found f ON f.at = w.at
  LEFT JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.id = f.id
  LEFT JOIN product p ON p.vendor_id = v.vendor_id AND p.id = v.product_id
  LEFT JOIN vendor s ON s.id = (SELECT current_vendor())
  LEFT JOIN LATERAL (SELECT x.title, x.language FROM product_text x WHERE x.vendor_id = p.vendor_id AND x.product_id = p.id
                      ORDER BY x.language = $4 DESC, x.language = s.language DESC, x.language = 'en' DESC, x.language LIMIT 1) t ON true
 ORDER BY w.at, v.position, v.id;

-- name: orders_buyer :one
-- $1 address, $2 name, $3 language, $4 may news be sent. The customer, locked, and an id for the order.
INSERT INTO customer AS c (vendor_id, email, name, language, news_since)
VALUES (current_vendor(), $1, $2, $3, CASE WHEN $4 THEN now() END)
ON CONFLICT (vendor_id, email) DO UPDATE SET name = CASE c.name WHEN '' THEN EXCLUDED.name ELSE c.name END, news_since = coalesce(c.news_since, EXCLUDED.news_since)
RETURNING id, nextval('orders_id_seq');

-- name: orders_put :one
-- $1 id, $2 customer, $3 source, $4 language, $5 until when or NULL, $6 prices with tax, $7 items, $8 shipping, $9 discount, $10 tax, $11 total,
-- $12 currency, $13 taxes (JSON), $14 address, $15 name, $16 ship to, $17 bill to (JSON or NULL), $18 note, $19 SHA-256 of the token,
-- $20 lines (JSON), $21 account or NULL, $22 who. The shop's next number; from here on its other orders wait.
WITH counted AS (
    UPDATE order_counter SET last_number = last_number + 1 WHERE vendor_id = (SELECT current_vendor()) RETURNING last_number
), made AS (
    INSERT INTO orders (vendor_id, id, number, customer_id, source, language, expires_at, prices_with_tax, items_minor, shipping_minor, discount_minor,
                        tax_minor, total_minor, currency, taxes, buyer_email, buyer_name, ship_to, bill_to, note, token)
    OVERRIDING SYSTEM VALUE
    SELECT (SELECT current_vendor()), $1, c.last_number, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14, $15, $16::jsonb, $17::jsonb, $18, $19
      FROM counted c
    RETURNING id, number, placed_at
), lines AS (
    INSERT INTO order_item (vendor_id, order_id, line, product_id, variant_id, sku, title, options, quantity, price_minor, total_minor, tax_bp, placed_at)
    SELECT (SELECT current_vendor()), m.id, l.line, l.product, l.variant, l.sku, l.title, l.options, l.quantity, l.price, l.total, l.tax_bp, m.placed_at
      FROM made m, jsonb_to_recordset($20::jsonb) AS l (line integer, product bigint, variant bigint, sku text, title text, options jsonb, quantity integer,
                                                        price bigint, total bigint, tax_bp integer)
), told AS (
    INSERT INTO order_event (vendor_id, order_id, what, account_id, who) SELECT (SELECT current_vendor()), m.id, 'placed', $21::bigint, $22 FROM made m
)
SELECT number FROM made;

-- ---- One order ----

-- name: orders_one :maybe
-- $1 order.
SELECT o.id, coalesce(o.number, 0), coalesce(o.external, ''), o.state::text, o.source, o.language, o.placed_at, o.updated_at, o.expires_at, o.version,
       coalesce(o.customer_id, 0), o.buyer_email, o.buyer_name, o.prices_with_tax, o.currency, o.items_minor, o.shipping_minor, o.discount_minor, o.tax_minor,
       o.total_minor, o.taxes::text, o.ship_to::text, o.bill_to::text, o.note, o.payment
  FROM orders o WHERE o.vendor_id = (SELECT current_vendor()) AND o.id = $1;

-- name: orders_by_token :maybe
-- $1 SHA-256 of a token. Which order the buyer may see.
SELECT id FROM orders WHERE vendor_id = (SELECT current_vendor()) AND token = $1;

-- name: orders_lines :many
-- $1 order.
SELECT line, coalesce(product_id, 0), coalesce(variant_id, 0), sku, title, options::text, quantity, price_minor, total_minor, tax_bp
  FROM order_item WHERE vendor_id = (SELECT current_vendor()) AND order_id = $1 ORDER BY line;

-- name: orders_events :many
-- $1 order. Newest first.
SELECT at, what, who, note, account_id IS NULL FROM order_event WHERE vendor_id = (SELECT current_vendor()) AND order_id = $1 ORDER BY id DESC;

-- name: orders_lock :maybe
-- $1 order. Two who step at once take turns.
SELECT state::text, version FROM orders WHERE vendor_id = (SELECT current_vendor()) AND id = $1 FOR UPDATE;

-- name: orders_held_lines :many
-- $1 order. Its lines whose goods are still in the catalogue.
SELECT i.line, i.variant_id, i.quantity
  FROM order_item i JOIN product_variant v ON v.vendor_id = i.vendor_id AND v.id = i.variant_id
 WHERE i.vendor_id = (SELECT current_vendor()) AND i.order_id = $1 AND i.quantity > 0 ORDER BY i.line;

-- name: orders_move :exec
-- $1 order, $2 state, $3 what is told, $4 reference of a payment or NULL, $5 account or NULL, $6 who, $7 note.
WITH told AS (
    INSERT INTO order_event (vendor_id, order_id, what, account_id, who, note) VALUES (current_vendor(), $1, $3, $5::bigint, $6, $7)
)
UPDATE orders SET state = $2::order_state, version = version + 1, updated_at = now(), expires_at = NULL, payment = coalesce($4, payment)
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: orders_note :exec
-- $1 order, $2 account or NULL, $3 who, $4 note.
INSERT INTO order_event (vendor_id, order_id, what, account_id, who, note) VALUES (current_vendor(), $1, 'noted', $2::bigint, $3, $4);

-- ---- Those nobody paid ----

-- name: orders_overdue :many
-- $1 how many at most. In an operator's transaction: whose time is over, the oldest first.
SELECT vendor_id, id FROM orders WHERE state = 'pending' AND expires_at < now() ORDER BY expires_at LIMIT $1;

-- name: orders_overdue_lock :many
-- $1 orders. Those of them that nobody else is at, and that still are.
SELECT id FROM orders
 WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]) AND state = 'pending' AND expires_at < now()
 ORDER BY id FOR UPDATE SKIP LOCKED;

-- name: orders_expire :exec
-- $1 orders, locked.
WITH told AS (
    INSERT INTO order_event (vendor_id, order_id, what) SELECT current_vendor(), id, 'expired' FROM unnest($1::bigint[]) AS id
)
UPDATE orders SET state = 'cancelled', version = version + 1, updated_at = now(), expires_at = NULL
 WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]);

-- name: orders_miscounted :many
-- In an operator's transaction: shops whose figures by state are not what their orders say.
SELECT c.vendor_id
  FROM order_counter c
  LEFT JOIN (SELECT vendor_id, count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'paid') AS paid,
                    count(*) FILTER (WHERE state = 'fulfilled') AS fulfilled, count(*) FILTER (WHERE state = 'completed') AS completed,
                    count(*) FILTER (WHERE state = 'cancelled') AS cancelled, count(*) FILTER (WHERE state = 'refunded') AS refunded
               FROM orders GROUP BY vendor_id) o ON o.vendor_id = c.vendor_id
 WHERE (c.pending, c.paid, c.fulfilled, c.completed, c.cancelled, c.refunded)
       <> (coalesce(o.pending, 0), coalesce(o.paid, 0), coalesce(o.fulfilled, 0), coalesce(o.completed, 0), coalesce(o.cancelled, 0), coalesce(o.refunded, 0))
 ORDER BY 1 LIMIT 100;

-- ---- Lists ----
-- All are newest first, behind a time and an id; each kind has a statement of its own, for the index it goes by. Where a page begins is
-- one condition: beside a second upper bound an index may be entered at the wrong one.

-- name: orders_counts :one
SELECT pending, paid, fulfilled, completed, cancelled, refunded FROM order_counter WHERE vendor_id = (SELECT current_vendor());

-- name: orders_list :many
-- $1 from, $2-$3 behind, $4 how many.
SELECT id, coalesce(number, 0), coalesce(external, ''), state::text, source, coalesce(customer_id, 0), buyer_name, buyer_email, total_minor, currency, placed_at, pieces
  FROM order_row
 WHERE vendor_id = (SELECT current_vendor()) AND placed_at >= $1 AND (placed_at, id) < ($2::timestamptz, $3::bigint)
 ORDER BY placed_at DESC, id DESC LIMIT $4;

-- name: orders_list_in :many
-- $1 from, $2-$3 behind, $4 how many, $5 state by its number (orders.h).
SELECT id, coalesce(number, 0), coalesce(external, ''), state::text, source, coalesce(customer_id, 0), buyer_name, buyer_email, total_minor, currency, placed_at, pieces
  FROM order_row
 WHERE vendor_id = (SELECT current_vendor()) AND stage = $5::smallint AND placed_at >= $1 AND (placed_at, id) < ($2::timestamptz, $3::bigint)
 ORDER BY placed_at DESC, id DESC LIMIT $4;

-- name: orders_list_of :many
-- $1 from, $2-$3 behind, $4 how many, $5 customer.
SELECT id, coalesce(number, 0), coalesce(external, ''), state::text, source, coalesce(customer_id, 0), buyer_name, buyer_email, total_minor, currency, placed_at, pieces
  FROM order_row
 WHERE vendor_id = (SELECT current_vendor()) AND customer_id = $5 AND placed_at >= $1 AND (placed_at, id) < ($2::timestamptz, $3::bigint)
 ORDER BY placed_at DESC, id DESC LIMIT $4;

-- name: orders_list_mail :many
-- $1 from, $2-$3 behind, $4 how many, $5 the beginning of an address. Of 20 customers at most.
SELECT o.id, coalesce(o.number, 0), coalesce(o.external, ''), o.state::text, o.source, coalesce(o.customer_id, 0), o.buyer_name, o.buyer_email, o.total_minor, o.currency, o.placed_at, o.pieces
  FROM (SELECT c.id FROM customer c
         WHERE c.vendor_id = (SELECT current_vendor()) AND c.email COLLATE "C" >= lower($5) AND c.email COLLATE "C" < lower($5) || chr(1114111)
         ORDER BY c.email COLLATE "C" LIMIT 20) people
 CROSS JOIN LATERAL (
       SELECT * FROM order_row r
        WHERE r.vendor_id = (SELECT current_vendor()) AND r.customer_id = people.id AND r.placed_at >= $1
          AND (r.placed_at, r.id) < ($2::timestamptz, $3::bigint)
        ORDER BY r.placed_at DESC, r.id DESC LIMIT $4) o
 ORDER BY o.placed_at DESC, o.id DESC LIMIT $4;

-- name: orders_list_sku :many
-- $1 from, $2-$3 behind, $4 how many, $5 SKU.
SELECT o.id, coalesce(o.number, 0), coalesce(o.external, ''), o.state::text, o.source, coalesce(o.customer_id, 0), o.buyer_name, o.buyer_email, o.total_minor, o.currency, o.placed_at, o.pieces
  FROM (SELECT DISTINCT i.placed_at, i.order_id FROM order_item i
         WHERE i.vendor_id = (SELECT current_vendor()) AND i.sku_key = lower($5) AND i.placed_at >= $1
           AND (i.placed_at, i.order_id) < ($2::timestamptz, $3::bigint)
         ORDER BY i.placed_at DESC, i.order_id DESC LIMIT $4) found
  JOIN order_row o ON o.vendor_id = (SELECT current_vendor()) AND o.id = found.order_id
 ORDER BY o.placed_at DESC, o.id DESC;

-- name: orders_list_number :many
-- $1 from, $2-$3 behind, $4 how many, $5 number, here or where it came from, $6 the same as a number or NULL.
SELECT id, coalesce(number, 0), coalesce(external, ''), state::text, source, coalesce(customer_id, 0), buyer_name, buyer_email, total_minor, currency, placed_at, pieces
  FROM order_row
 WHERE vendor_id = (SELECT current_vendor()) AND placed_at >= $1 AND (placed_at, id) < ($2::timestamptz, $3::bigint)
   AND id = ANY (ARRAY(SELECT n.id FROM orders n WHERE n.vendor_id = (SELECT current_vendor()) AND n.number = $6::bigint
                       UNION SELECT x.id FROM orders x WHERE x.vendor_id = (SELECT current_vendor()) AND x.external = $5))
 ORDER BY placed_at DESC, id DESC LIMIT $4;

-- ---- Customers ----

-- name: customers_list :many
-- $1 id behind which the page begins (0: the first), $2 how many. Newest first.
SELECT id, coalesce(external, ''), email, name, language, news_since, orders, last_order_at, created_at, erased_at FROM customer
 WHERE vendor_id = (SELECT current_vendor()) AND ($1::bigint = 0 OR id < $1) ORDER BY id DESC LIMIT $2;

-- name: customers_found :many
-- $1 the beginning of an address or a name, or a number, $2 how many. In the order of what they are found by.
SELECT c.id, coalesce(c.external, ''), c.email, c.name, c.language, c.news_since, c.orders, c.last_order_at, c.created_at, c.erased_at
  FROM ((SELECT id, email AS key FROM customer
          WHERE vendor_id = (SELECT current_vendor()) AND email COLLATE "C" >= lower($1) AND email COLLATE "C" < lower($1) || chr(1114111)
          ORDER BY email COLLATE "C" LIMIT $2)
        UNION ALL
        (SELECT id, name_key FROM customer
          WHERE vendor_id = (SELECT current_vendor()) AND name_key COLLATE "C" >= lower($1) AND name_key COLLATE "C" < lower($1) || chr(1114111)
            AND NOT coalesce(email COLLATE "C" >= lower($1) AND email COLLATE "C" < lower($1) || chr(1114111), false)
          ORDER BY name_key COLLATE "C" LIMIT $2)
        UNION ALL
        (SELECT id, external FROM customer WHERE vendor_id = (SELECT current_vendor()) AND external = $1)) f
  JOIN customer c ON c.vendor_id = (SELECT current_vendor()) AND c.id = f.id
 ORDER BY f.key, c.id LIMIT $2;

-- name: customers_one :maybe
-- $1 customer.
SELECT id, coalesce(external, ''), email, name, language, news_since, orders, last_order_at, created_at, erased_at FROM customer
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: customers_sums :many
-- $1 customer. What was paid, by currency: of orders that were not cancelled, less what was refunded.
SELECT coalesce(sum(total_minor) FILTER (WHERE state IN ('paid', 'fulfilled', 'completed') OR total_minor < 0), 0)::bigint, currency
  FROM orders WHERE vendor_id = (SELECT current_vendor()) AND customer_id = $1 GROUP BY currency ORDER BY currency;

-- name: customers_addresses :many
-- $1 customer. Where the last 50 orders went, the newest first, each once.
SELECT a.ship_to::text FROM (
    SELECT l.ship_to, max(l.placed_at) AS last
      FROM (SELECT ship_to, placed_at FROM orders
             WHERE vendor_id = (SELECT current_vendor()) AND customer_id = $1 AND ship_to IS NOT NULL
             ORDER BY placed_at DESC, id DESC LIMIT 50) l
     GROUP BY l.ship_to) a
 ORDER BY a.last DESC LIMIT 10;

-- name: customers_export :maybe
-- $1 customer. All that is kept of the person, as JSON.
SELECT json_build_object(
    'customer', json_build_object('id', c.id::text, 'external', c.external, 'email', c.email, 'name', c.name, 'language', c.language,
        'news_since', c.news_since, 'created_at', c.created_at, 'erased_at', c.erased_at),
    'orders', (SELECT coalesce(json_agg(json_build_object('id', o.id::text, 'number', o.number, 'external', o.external, 'state', o.state, 'source', o.source,
                   'language', o.language, 'placed_at', o.placed_at, 'email', o.buyer_email, 'name', o.buyer_name, 'shipping_address', o.ship_to,
                   'billing_address', o.bill_to, 'note', o.note, 'payment_reference', o.payment, 'currency', o.currency, 'total', o.total_minor, 'tax', o.tax_minor,
                   'items', (SELECT json_agg(json_build_object('sku', i.sku, 'title', i.title, 'options', i.options, 'quantity', i.quantity, 'price', i.price_minor, 'total', i.total_minor)
                                             ORDER BY i.line)
                               FROM order_item i WHERE i.vendor_id = o.vendor_id AND i.order_id = o.id),
                   'timeline', (SELECT json_agg(json_build_object('at', e.at, 'what', e.what, 'note', e.note) ORDER BY e.id)
                                  FROM order_event e WHERE e.vendor_id = o.vendor_id AND e.order_id = o.id)) ORDER BY o.placed_at, o.id), '[]'::json)
                 FROM orders o WHERE o.vendor_id = c.vendor_id AND o.customer_id = c.id))::text
  FROM customer c WHERE c.vendor_id = (SELECT current_vendor()) AND c.id = $1;

-- name: customers_open_orders :one
-- $1 customer. How many are on their way still.
SELECT count(*) FROM orders WHERE vendor_id = (SELECT current_vendor()) AND customer_id = $1 AND state IN ('pending', 'paid');

-- name: customers_news :exec
-- $1 customer, $2 may news be sent.
UPDATE customer SET news_since = CASE WHEN $2 THEN coalesce(news_since, now()) END WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: customers_forget_orders :exec
-- $1 customer. Its orders are nobody's: numbers, goods, amounts and the country stay, for the books.
WITH touched AS (
    UPDATE orders SET buyer_email = NULL, buyer_name = '', note = '', token = NULL, version = version + 1, updated_at = now(), bill_to = NULL,
           ship_to = CASE WHEN ship_to ->> 'country' <> '' THEN jsonb_build_object('country', ship_to ->> 'country') END
     WHERE vendor_id = (SELECT current_vendor()) AND customer_id = $1
    RETURNING id
)
UPDATE order_event SET note = '' WHERE vendor_id = (SELECT current_vendor()) AND order_id IN (SELECT id FROM touched) AND note <> '';

-- name: customers_forget :exec
-- $1 customer.
UPDATE customer SET email = NULL, name = '', external = NULL, news_since = NULL, erased_at = coalesce(erased_at, now())
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;
