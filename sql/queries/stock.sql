-- What lies where (src/stock). The tenant is the transaction's: current_vendor(). Whatever changes stock takes its rows in the
-- order of their keys first (`places`), and writes its movements in the same statement.

-- ---- Orders ----

-- name: stock_reserve :many
-- $1 order, $2 until when or NULL, $3 lines, $4 variants, $5 quantities, $6 nothing beyond what is there, $7 who or NULL. One row a
-- line: its place among the arguments, SKU, tracked, reserved, and what its variant is short of in all (0: nothing) with what is available.
-- Then, with place 0, the places that fell to their low mark. A place without anything free is passed by without waiting for it.
WITH wanted AS MATERIALIZED (
    SELECT l.at, l.line, l.quantity, v.id AS variant_id, v.sku, v.tracked, v.backorder AND NOT $6::boolean AS beyond,
           (sum(l.quantity) OVER (PARTITION BY v.id ORDER BY l.at))::bigint - l.quantity AS above,
           (sum(l.quantity) OVER (PARTITION BY v.id))::bigint AS in_all
      FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) WITH ORDINALITY AS l (line, variant, quantity, at)
      JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.id = l.variant
), places AS MATERIALIZED (
    SELECT s.variant_id, s.warehouse_id, s.bin, s.on_hand - s.reserved AS free, s.low_at, h.position
      FROM stock s JOIN warehouse h ON h.vendor_id = s.vendor_id AND h.id = s.warehouse_id AND h.active
     WHERE s.vendor_id = (SELECT current_vendor()) AND s.on_hand > s.reserved
       AND s.variant_id IN (SELECT variant_id FROM wanted WHERE tracked)
     ORDER BY s.variant_id, s.warehouse_id, s.bin
       FOR NO KEY UPDATE OF s
), laid AS (
    SELECT p.*, (sum(p.free) OVER (PARTITION BY p.variant_id ORDER BY p.position, p.warehouse_id, p.bin))::bigint - p.free AS above FROM places p
), short AS MATERIALIZED (
    SELECT w.variant_id, w.in_all, coalesce(f.free, 0) AS free
      FROM (SELECT DISTINCT variant_id, in_all FROM wanted WHERE tracked AND NOT beyond) w
      LEFT JOIN (SELECT variant_id, sum(free)::bigint AS free FROM places GROUP BY variant_id) f USING (variant_id)
     WHERE w.in_all > coalesce(f.free, 0)
), taken AS MATERIALIZED (
    SELECT w.at, w.line, w.variant_id, w.sku, p.warehouse_id, p.bin, p.free, p.low_at,
           least(w.above + w.quantity, p.above + p.free) - greatest(w.above, p.above) AS quantity
      FROM wanted w JOIN laid p USING (variant_id)
     WHERE w.above < p.above + p.free AND p.above < w.above + w.quantity AND NOT EXISTS (SELECT FROM short)
), sums AS MATERIALIZED (
    SELECT variant_id, warehouse_id, bin, sku, free, low_at, sum(quantity)::bigint AS quantity FROM taken GROUP BY 1, 2, 3, 4, 5, 6
), changed AS (
    UPDATE stock s SET reserved = s.reserved + t.quantity, updated_at = now()
      FROM sums t
     WHERE s.vendor_id = (SELECT current_vendor()) AND s.variant_id = t.variant_id AND s.warehouse_id = t.warehouse_id AND s.bin = t.bin
), held AS (
    INSERT INTO reservation (vendor_id, order_id, line, variant_id, warehouse_id, bin, quantity, expires_at)
    SELECT current_vendor(), $1::bigint, line, variant_id, warehouse_id, bin, quantity, $2::timestamptz FROM taken ORDER BY at, variant_id, warehouse_id, bin
), noted AS (
    INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, bin, sku, kind, on_hand, reserved, order_id, account_id)
    SELECT current_vendor(), variant_id, warehouse_id, bin, sku, 'reserve', 0, quantity, $1::bigint, $7::bigint FROM sums ORDER BY variant_id, warehouse_id, bin
)
SELECT w.at, w.variant_id, w.sku, w.tracked,
       coalesce((SELECT sum(t.quantity) FROM taken t WHERE t.at = w.at), 0)::bigint,
       coalesce(s.in_all, 0), coalesce(s.free, 0), NULL::bigint, NULL::text, NULL::bigint
  FROM wanted w LEFT JOIN short s USING (variant_id)
UNION ALL
SELECT 0, variant_id, sku, true, quantity, 0, free - quantity, warehouse_id, bin, low_at
  FROM sums WHERE free > low_at AND free - quantity <= low_at;

-- name: stock_confirm :one
-- $1 order. How many pieces it holds, for as long as it takes from now on.
WITH kept AS (
    UPDATE reservation SET expires_at = NULL WHERE vendor_id = (SELECT current_vendor()) AND order_id = $1 RETURNING quantity
)
SELECT coalesce(sum(quantity), 0)::bigint FROM kept;

-- name: stock_release :exec
-- $1 orders, $2 as which kind of movement, $3 who or NULL.
WITH given AS (
    DELETE FROM reservation WHERE vendor_id = (SELECT current_vendor()) AND order_id = ANY ($1::bigint[])
    RETURNING order_id, variant_id, warehouse_id, bin, quantity
), places AS MATERIALIZED (
    SELECT s.variant_id, s.warehouse_id, s.bin, v.sku
      FROM stock s JOIN product_variant v ON v.vendor_id = s.vendor_id AND v.id = s.variant_id
     WHERE s.vendor_id = (SELECT current_vendor()) AND (s.variant_id, s.warehouse_id, s.bin) IN (SELECT variant_id, warehouse_id, bin FROM given)
     ORDER BY s.variant_id, s.warehouse_id, s.bin
       FOR NO KEY UPDATE OF s
), changed AS (
    UPDATE stock s SET reserved = s.reserved - g.quantity, updated_at = now()
      FROM (SELECT variant_id, warehouse_id, bin, sum(quantity)::bigint AS quantity FROM places JOIN given USING (variant_id, warehouse_id, bin) GROUP BY 1, 2, 3) g
     WHERE s.vendor_id = (SELECT current_vendor()) AND s.variant_id = g.variant_id AND s.warehouse_id = g.warehouse_id AND s.bin = g.bin
)
INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, bin, sku, kind, on_hand, reserved, order_id, account_id)
SELECT current_vendor(), variant_id, warehouse_id, bin, sku, $2::stock_movement_kind, 0, -sum(quantity)::bigint, order_id, $3::bigint
  FROM places JOIN given USING (variant_id, warehouse_id, bin)
 GROUP BY order_id, variant_id, warehouse_id, bin, sku ORDER BY order_id, variant_id, warehouse_id, bin;

-- name: stock_held :many
-- $1 order, $2 lines: how much of each is reserved, in their order.
SELECT coalesce((SELECT sum(r.quantity) FROM reservation r WHERE r.vendor_id = (SELECT current_vendor()) AND r.order_id = $1 AND r.line = l.line), 0)::bigint
  FROM unnest($2::bigint[]) WITH ORDINALITY AS l (line, at) ORDER BY l.at;

-- name: stock_ship :exec
-- $1 order, $2 lines and $3 quantities, or NULL and NULL: all it holds; $4 who or NULL.
WITH asked AS MATERIALIZED (
    SELECT a.line, sum(a.quantity)::bigint AS quantity FROM unnest($2::bigint[], $3::bigint[]) AS a (line, quantity) GROUP BY a.line
), held AS MATERIALIZED (
    SELECT id, line, variant_id, warehouse_id, bin, quantity FROM reservation
     WHERE vendor_id = (SELECT current_vendor()) AND order_id = $1 AND ($2 IS NULL OR line IN (SELECT line FROM asked))
     ORDER BY id FOR UPDATE
), cut AS MATERIALIZED (
    SELECT h.*, CASE WHEN a.line IS NULL THEN h.quantity
                     ELSE least(h.quantity, greatest(0, a.quantity - (sum(h.quantity) OVER (PARTITION BY h.line ORDER BY h.id))::bigint + h.quantity)) END AS takes
      FROM held h LEFT JOIN asked a USING (line)
), over AS (
    DELETE FROM reservation r USING cut c WHERE r.vendor_id = (SELECT current_vendor()) AND r.id = c.id AND c.takes = c.quantity
), left_over AS (
    UPDATE reservation r SET quantity = r.quantity - c.takes FROM cut c
     WHERE r.vendor_id = (SELECT current_vendor()) AND r.id = c.id AND c.takes > 0 AND c.takes < c.quantity
), places AS MATERIALIZED (
    SELECT s.variant_id, s.warehouse_id, s.bin, v.sku
      FROM stock s JOIN product_variant v ON v.vendor_id = s.vendor_id AND v.id = s.variant_id
     WHERE s.vendor_id = (SELECT current_vendor()) AND (s.variant_id, s.warehouse_id, s.bin) IN (SELECT variant_id, warehouse_id, bin FROM cut WHERE takes > 0)
     ORDER BY s.variant_id, s.warehouse_id, s.bin
       FOR NO KEY UPDATE OF s
), sums AS MATERIALIZED (
    SELECT variant_id, warehouse_id, bin, sku, sum(takes)::bigint AS quantity FROM places JOIN cut USING (variant_id, warehouse_id, bin) WHERE takes > 0 GROUP BY 1, 2, 3, 4
), changed AS (
    UPDATE stock s SET on_hand = s.on_hand - g.quantity, reserved = s.reserved - g.quantity, updated_at = now()
      FROM sums g
     WHERE s.vendor_id = (SELECT current_vendor()) AND s.variant_id = g.variant_id AND s.warehouse_id = g.warehouse_id AND s.bin = g.bin
)
INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, bin, sku, kind, on_hand, reserved, order_id, account_id)
SELECT current_vendor(), variant_id, warehouse_id, bin, sku, 'ship', -quantity, -quantity, $1, $4::bigint FROM sums ORDER BY variant_id, warehouse_id, bin;

-- name: stock_shipped_from :many
-- $1 order, $2 variants: for each, in their order, whether it is tracked, and the place it left last for this order, if any.
SELECT coalesce(v.tracked, false), m.warehouse_id, m.bin
  FROM unnest($2::bigint[]) WITH ORDINALITY AS l (variant, at)
  LEFT JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.id = l.variant
  LEFT JOIN LATERAL (SELECT warehouse_id, bin FROM stock_movement m
                      WHERE m.vendor_id = (SELECT current_vendor()) AND m.order_id = $1 AND m.variant_id = l.variant AND m.kind = 'ship'
                      ORDER BY m.id DESC LIMIT 1) m ON true
 ORDER BY l.at;

-- name: stock_overdue :many
-- $1 now, $2 how many. Of all shops.
SELECT vendor_id, order_id FROM reservation WHERE expires_at <= $1 GROUP BY vendor_id, order_id ORDER BY min(expires_at), vendor_id, order_id LIMIT $2;

-- ---- Counts and deliveries ----

-- name: stock_open :many
-- $1 variants (0: by SKU), $2 SKUs, $3 warehouses (0: by code), $4 codes (NULL: the first), $5 bins. Finds what each row names, makes the
-- places that are not there, and what has a place is tracked. In their order: variant and warehouse, NULL for what is not there.
-- The keys of SKUs are made first: compared with a function's result, under a policy, no index is of use.
WITH given AS MATERIALIZED (
    SELECT g.variant, lower(g.sku) AS sku_key, g.warehouse, g.code, g.bin, g.at
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[]) WITH ORDINALITY AS g (variant, sku, warehouse, code, bin, at)
), named AS MATERIALIZED (
    SELECT g.at, v.id AS variant_id, v.tracked, h.id AS warehouse_id, g.bin
      FROM given g
      LEFT JOIN LATERAL (SELECT id, tracked FROM product_variant WHERE vendor_id = (SELECT current_vendor()) AND id = g.variant AND g.variant > 0
                         UNION ALL SELECT x.id, x.tracked FROM product_variant x WHERE x.vendor_id = (SELECT current_vendor()) AND x.sku_key = g.sku_key AND g.variant = 0) v ON true
      LEFT JOIN LATERAL (SELECT id FROM warehouse WHERE vendor_id = (SELECT current_vendor()) AND id = g.warehouse AND g.warehouse > 0
                         UNION ALL SELECT id FROM warehouse WHERE vendor_id = (SELECT current_vendor()) AND lower(code) = lower(g.code) AND g.warehouse = 0
                         UNION ALL (SELECT id FROM warehouse WHERE vendor_id = (SELECT current_vendor()) AND g.warehouse = 0 AND g.code IS NULL
                                     ORDER BY active DESC, position, id LIMIT 1)) h ON true
), opened AS (
    INSERT INTO stock (vendor_id, variant_id, warehouse_id, bin)
    SELECT DISTINCT current_vendor(), n.variant_id, n.warehouse_id, n.bin FROM named n
     WHERE n.variant_id IS NOT NULL AND n.warehouse_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM stock s WHERE s.vendor_id = (SELECT current_vendor()) AND s.variant_id = n.variant_id AND s.warehouse_id = n.warehouse_id AND s.bin = n.bin)
     ORDER BY n.variant_id, n.warehouse_id, n.bin
    ON CONFLICT DO NOTHING
), counted AS (
    UPDATE product_variant v SET tracked = true
      FROM (SELECT DISTINCT variant_id FROM named WHERE NOT tracked AND warehouse_id IS NOT NULL) n
     WHERE v.vendor_id = (SELECT current_vendor()) AND v.id = n.variant_id
)
SELECT variant_id, warehouse_id FROM named ORDER BY at;

-- name: stock_change :many
-- $1 variants, $2 warehouses, $3 bins, $4 added to what is there, $5 pieces, $6 expected or -1, $7 the low mark (-1: none, -2: as it is),
-- $8 kind of movement, $9 reason, $10 order or NULL, $11 who or NULL. One row a place: its row among the arguments (the last that names it),
-- what became of it, on hand and reserved; SKU, low mark, and whether it fell to that.
WITH given AS MATERIALIZED (
    SELECT DISTINCT ON (g.variant, g.warehouse, g.bin) g.*
      FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[], $5::bigint[], $6::bigint[], $7::bigint[]) WITH ORDINALITY
           AS g (variant, warehouse, bin, by, pieces, expected, low, at)
     ORDER BY g.variant, g.warehouse, g.bin, g.at DESC
), places AS MATERIALIZED (
    SELECT g.at, g.expected, s.variant_id, s.warehouse_id, s.bin, s.on_hand, s.reserved, s.low_at, v.sku,
           CASE WHEN g.by THEN s.on_hand + g.pieces ELSE g.pieces END AS becomes,
           CASE g.low WHEN -2 THEN s.low_at WHEN -1 THEN NULL ELSE g.low END AS mark
      FROM given g
      JOIN stock s ON s.vendor_id = (SELECT current_vendor()) AND s.variant_id = g.variant AND s.warehouse_id = g.warehouse AND s.bin = g.bin
      JOIN product_variant v ON v.vendor_id = s.vendor_id AND v.id = s.variant_id
     WHERE g.expected >= 0 OR CASE WHEN g.by THEN g.pieces <> 0 ELSE g.pieces <> s.on_hand END
        OR (g.low > -2 AND nullif(g.low, -1) IS DISTINCT FROM s.low_at)
     ORDER BY s.variant_id, s.warehouse_id, s.bin
       FOR NO KEY UPDATE OF s
), judged AS MATERIALIZED (
    SELECT p.*, CASE WHEN p.expected >= 0 AND p.expected <> p.on_hand THEN 'stale'
                     WHEN p.becomes < p.reserved THEN 'promised'
                     WHEN p.becomes > 1000000000 THEN 'too_many'
                     WHEN p.becomes = p.on_hand AND p.mark IS NOT DISTINCT FROM p.low_at THEN 'same'
                     ELSE 'changed' END AS outcome
      FROM places p
), changed AS (
    UPDATE stock s SET on_hand = j.becomes, low_at = j.mark, updated_at = now()
      FROM judged j
     WHERE j.outcome = 'changed' AND s.vendor_id = (SELECT current_vendor()) AND s.variant_id = j.variant_id AND s.warehouse_id = j.warehouse_id AND s.bin = j.bin
), noted AS (
    INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, bin, sku, kind, on_hand, reserved, order_id, reason, account_id)
    SELECT current_vendor(), variant_id, warehouse_id, bin, sku, $8::stock_movement_kind, becomes - on_hand, 0, $10::bigint, $9, $11::bigint
      FROM judged WHERE outcome = 'changed' AND becomes <> on_hand ORDER BY at
)
SELECT at, outcome, CASE outcome WHEN 'changed' THEN becomes ELSE on_hand END, reserved, sku, mark,
       outcome = 'changed' AND becomes - reserved <= mark AND NOT coalesce(on_hand - reserved <= low_at, false)
  FROM judged;

-- name: stock_move :maybe
-- $1 variant, $2 and $3 from (warehouse, bin), $4 and $5 to, $6 pieces, $7 reason, $8 who or NULL. No row when the variant has nothing
-- there; whether it was moved, what was available before, SKU, low mark, and whether it fell to that.
WITH places AS MATERIALIZED (
    SELECT s.warehouse_id, s.bin, s.on_hand - s.reserved AS free, s.low_at, v.sku, s.warehouse_id = $2::bigint AND s.bin = $3::text AS gives
      FROM stock s JOIN product_variant v ON v.vendor_id = s.vendor_id AND v.id = s.variant_id
     WHERE s.vendor_id = (SELECT current_vendor()) AND s.variant_id = $1::bigint
       AND (s.warehouse_id, s.bin) IN (SELECT $2::bigint, $3::text UNION ALL SELECT $4::bigint, $5::text)
     ORDER BY s.variant_id, s.warehouse_id, s.bin
       FOR NO KEY UPDATE OF s
), fits AS MATERIALIZED (
    SELECT p.warehouse_id, p.bin, p.sku, CASE WHEN p.gives THEN -$6::bigint ELSE $6::bigint END AS pieces
      FROM places p WHERE (SELECT g.free FROM places g WHERE g.gives) >= $6::bigint
), changed AS (
    UPDATE stock s SET on_hand = s.on_hand + f.pieces, updated_at = now()
      FROM fits f
     WHERE s.vendor_id = (SELECT current_vendor()) AND s.variant_id = $1::bigint AND s.warehouse_id = f.warehouse_id AND s.bin = f.bin
), noted AS (
    INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, bin, sku, kind, on_hand, reserved, reason, account_id)
    SELECT current_vendor(), $1::bigint, warehouse_id, bin, sku, 'move', pieces, 0, $7, $8::bigint FROM fits ORDER BY pieces
)
SELECT free >= $6::bigint, free, sku, low_at, free >= $6::bigint AND free > low_at AND free - $6::bigint <= low_at FROM places WHERE gives;

-- name: stock_forget :exec
-- $1 variant, $2 warehouse, $3 bin: an empty one with nothing to remember, unless it is the variant's last.
DELETE FROM stock s
 WHERE vendor_id = (SELECT current_vendor()) AND variant_id = $1 AND warehouse_id = $2 AND bin = $3 AND on_hand = 0 AND reserved = 0 AND low_at IS NULL
   AND EXISTS (SELECT FROM stock o WHERE o.vendor_id = (SELECT current_vendor()) AND o.variant_id = $1 AND (o.warehouse_id, o.bin) <> ($2, $3));

-- ---- Levels ----

-- name: stock_of_variants :many
-- $1 variants: for each, in their order, tracked, backorder, on hand and reserved in active warehouses.
SELECT coalesce(v.tracked, false), coalesce(v.backorder, false), coalesce(s.on_hand, 0)::bigint, coalesce(s.reserved, 0)::bigint
  FROM unnest($1::bigint[]) WITH ORDINALITY AS l (variant, at)
  LEFT JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.id = l.variant
  LEFT JOIN LATERAL (SELECT sum(s.on_hand) AS on_hand, sum(s.reserved) AS reserved
                       FROM stock s JOIN warehouse h ON h.vendor_id = s.vendor_id AND h.id = s.warehouse_id AND h.active
                      WHERE s.vendor_id = (SELECT current_vendor()) AND s.variant_id = l.variant) s ON true
 ORDER BY l.at;

-- name: stock_of_products :many
-- $1 products: for each, in their order, variants, those out, those tracked, and what is available of all.
SELECT count(v.id), count(v.id) FILTER (WHERE v.tracked AND coalesce(s.free, 0) = 0), count(v.id) FILTER (WHERE v.tracked), coalesce(sum(s.free), 0)::bigint
  FROM unnest($1::bigint[]) WITH ORDINALITY AS l (product, at)
  LEFT JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.product_id = l.product
  LEFT JOIN LATERAL (SELECT sum(s.on_hand - s.reserved)::bigint AS free
                       FROM stock s JOIN warehouse h ON h.vendor_id = s.vendor_id AND h.id = s.warehouse_id AND h.active
                      WHERE s.vendor_id = (SELECT current_vendor()) AND s.variant_id = v.id) s ON true
 GROUP BY l.at ORDER BY l.at;

-- ---- Lists ---- In the order of variants, newest first; $1-$3 is the place behind which a page begins, and every list needs an index.

-- name: stock_places :many
-- $4 how many.
SELECT variant_id, warehouse_id, bin, sku, array_to_string(option_values, ' / '), product_id, warehouse_code, warehouse_name, warehouse_active, on_hand, reserved, low_at, level, updated_at
  FROM stock_place WHERE vendor_id = (SELECT current_vendor()) AND (variant_id, warehouse_id, bin) < ($1, $2, $3)
 ORDER BY variant_id DESC, warehouse_id DESC, bin DESC LIMIT $4;

-- name: stock_places_of :many
-- $4 how many, $5 warehouse.
SELECT variant_id, warehouse_id, bin, sku, array_to_string(option_values, ' / '), product_id, warehouse_code, warehouse_name, warehouse_active, on_hand, reserved, low_at, level, updated_at
  FROM stock_place WHERE vendor_id = (SELECT current_vendor()) AND (variant_id, warehouse_id, bin) < ($1, $2, $3) AND warehouse_id = $5
 ORDER BY variant_id DESC, warehouse_id DESC, bin DESC LIMIT $4;

-- name: stock_places_low :many
-- $4 how many, $5 warehouse or NULL. At their mark, below it, or out.
SELECT variant_id, warehouse_id, bin, sku, array_to_string(option_values, ' / '), product_id, warehouse_code, warehouse_name, warehouse_active, on_hand, reserved, low_at, level, updated_at
  FROM stock_place WHERE vendor_id = (SELECT current_vendor()) AND (variant_id, warehouse_id, bin) < ($1, $2, $3)
   AND level >= 1 AND ($5::bigint IS NULL OR warehouse_id = $5)
 ORDER BY variant_id DESC, warehouse_id DESC, bin DESC LIMIT $4;

-- name: stock_places_out :many
-- $4 how many, $5 warehouse or NULL.
SELECT variant_id, warehouse_id, bin, sku, array_to_string(option_values, ' / '), product_id, warehouse_code, warehouse_name, warehouse_active, on_hand, reserved, low_at, level, updated_at
  FROM stock_place WHERE vendor_id = (SELECT current_vendor()) AND (variant_id, warehouse_id, bin) < ($1, $2, $3)
   AND level = 2 AND ($5::bigint IS NULL OR warehouse_id = $5)
 ORDER BY variant_id DESC, warehouse_id DESC, bin DESC LIMIT $4;

-- name: stock_places_among :many
-- $4 how many, $5 warehouse or NULL, $6 least level, $7 variants.
SELECT variant_id, warehouse_id, bin, sku, array_to_string(option_values, ' / '), product_id, warehouse_code, warehouse_name, warehouse_active, on_hand, reserved, low_at, level, updated_at
  FROM stock_place WHERE vendor_id = (SELECT current_vendor()) AND (variant_id, warehouse_id, bin) < ($1, $2, $3)
   AND ($5::bigint IS NULL OR warehouse_id = $5) AND level >= $6::bigint AND variant_id = ANY ($7::bigint[])
 ORDER BY variant_id DESC, warehouse_id DESC, bin DESC LIMIT $4;

-- name: stock_uncounted :many
-- $1 behind which variant, $2 how many. Variants that are always there.
SELECT id, sku, array_to_string(option_values, ' / '), product_id FROM product_variant
 WHERE vendor_id = (SELECT current_vendor()) AND NOT tracked AND id < $1 ORDER BY id DESC LIMIT $2;

-- name: stock_uncounted_among :many
-- $1 and $2 as above, $3 variants.
SELECT id, sku, array_to_string(option_values, ' / '), product_id FROM product_variant
 WHERE vendor_id = (SELECT current_vendor()) AND NOT tracked AND id < $1 AND id = ANY ($3::bigint[]) ORDER BY id DESC LIMIT $2;

-- name: stock_of_sku :many
-- $1 SKU, whatever its case.
SELECT id FROM product_variant WHERE vendor_id = (SELECT current_vendor()) AND sku_key = lower($1);

-- name: stock_of_found :many
-- $1 products, $2 how many at most: their variants.
SELECT id FROM product_variant WHERE vendor_id = (SELECT current_vendor()) AND product_id = ANY ($1::bigint[]) ORDER BY id DESC LIMIT $2;

-- name: stock_titles :many
-- $1 products, $2 language of the reader: title and its language, in their order.
SELECT coalesce(t.title, ''), coalesce(t.language, '')
  FROM unnest($1::bigint[]) WITH ORDINALITY AS l (product, at)
  LEFT JOIN LATERAL (SELECT title, language FROM product_text x WHERE x.vendor_id = (SELECT current_vendor()) AND x.product_id = l.product
                      ORDER BY x.language = $2 DESC, x.language = 'en' DESC, x.language LIMIT 1) t ON true
 ORDER BY l.at;

-- name: stock_variant :maybe
-- $1 variant: SKU, options, product, tracked, backorder.
SELECT sku, array_to_string(option_values, ' / '), product_id, tracked, backorder FROM product_variant WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: stock_lock_variant :many
-- $1 variant: its places stay as they are until the transaction ends.
SELECT bin FROM stock WHERE vendor_id = (SELECT current_vendor()) AND variant_id = $1 ORDER BY warehouse_id, bin FOR NO KEY UPDATE;

-- name: stock_movements :many
-- $1 behind which movement, $2 how many. Newest first.
SELECT m.id, m.variant_id, m.sku, m.warehouse_id, h.code, h.name, m.bin, m.kind, m.on_hand, m.reserved, coalesce(m.order_id, 0), m.reason, coalesce(nullif(a.name, ''), a.email, ''), m.at
  FROM stock_movement m JOIN warehouse h ON h.vendor_id = m.vendor_id AND h.id = m.warehouse_id LEFT JOIN account a ON a.id = m.account_id
 WHERE m.vendor_id = (SELECT current_vendor()) AND m.id < $1
 ORDER BY m.id DESC LIMIT $2;

-- name: stock_movements_of :many
-- $1 and $2 as above, $3 variant.
SELECT m.id, m.variant_id, m.sku, m.warehouse_id, h.code, h.name, m.bin, m.kind, m.on_hand, m.reserved, coalesce(m.order_id, 0), m.reason, coalesce(nullif(a.name, ''), a.email, ''), m.at
  FROM stock_movement m JOIN warehouse h ON h.vendor_id = m.vendor_id AND h.id = m.warehouse_id LEFT JOIN account a ON a.id = m.account_id
 WHERE m.vendor_id = (SELECT current_vendor()) AND m.id < $1 AND m.variant_id = $3
 ORDER BY m.id DESC LIMIT $2;

-- name: stock_movements_for :many
-- $1 and $2 as above, $3 order.
SELECT m.id, m.variant_id, m.sku, m.warehouse_id, h.code, h.name, m.bin, m.kind, m.on_hand, m.reserved, coalesce(m.order_id, 0), m.reason, coalesce(nullif(a.name, ''), a.email, ''), m.at
  FROM stock_movement m JOIN warehouse h ON h.vendor_id = m.vendor_id AND h.id = m.warehouse_id LEFT JOIN account a ON a.id = m.account_id
 WHERE m.vendor_id = (SELECT current_vendor()) AND m.id < $1 AND m.order_id = $3
 ORDER BY m.id DESC LIMIT $2;

-- ---- Warehouses ----

-- name: stock_warehouses :many
SELECT id, code, name, active, position FROM warehouse WHERE vendor_id = (SELECT current_vendor()) ORDER BY active DESC, position, id;

-- name: stock_warehouse_named :maybe
-- $1 code, or NULL for the first.
SELECT id FROM warehouse WHERE vendor_id = (SELECT current_vendor()) AND ($1::text IS NULL OR lower(code) = lower($1)) ORDER BY active DESC, position, id LIMIT 1;

-- name: stock_warehouse_add :one
-- $1 code, $2 name. The one of that code when somebody was faster.
INSERT INTO warehouse (vendor_id, code, name, position)
SELECT current_vendor(), $1, $2, coalesce(max(position), 0) + 1 FROM warehouse WHERE vendor_id = (SELECT current_vendor())
ON CONFLICT (vendor_id, lower(code)) DO UPDATE SET code = warehouse.code RETURNING id;

-- name: stock_warehouse_new :maybe
-- $1 code, $2 name, $3 how many a shop may have: no row when it has them.
INSERT INTO warehouse (vendor_id, code, name, position)
SELECT current_vendor(), $1, $2, coalesce(max(position), 0) + 1 FROM warehouse WHERE vendor_id = (SELECT current_vendor())
HAVING count(*) < $3::bigint RETURNING id;

-- name: stock_warehouse_save :exec
-- $1 warehouse, $2 code, $3 name.
UPDATE warehouse SET code = $2, name = $3 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: stock_warehouses_lock :many
-- Whoever changes their order or which are active takes turns.
SELECT id FROM warehouse WHERE vendor_id = (SELECT current_vendor()) ORDER BY id FOR UPDATE;

-- name: stock_warehouse_shift :exec
-- $1 warehouse, $2 one earlier (else one later): changes places with its neighbour, and all are numbered from 1 again.
WITH numbered AS (
    SELECT id, row_number() OVER (ORDER BY active DESC, position, id) AS n FROM warehouse WHERE vendor_id = (SELECT current_vendor())
), moved AS (
    SELECT o.id, CASE WHEN o.id = m.id AND EXISTS (SELECT FROM numbered x WHERE x.n = m.n + s.step) THEN o.n + s.step
                      WHEN o.n = m.n + s.step THEN o.n - s.step ELSE o.n END AS n
      FROM numbered o, numbered m, (SELECT CASE WHEN $2::boolean THEN -1 ELSE 1 END AS step) s WHERE m.id = $1
)
UPDATE warehouse w SET position = m.n FROM moved m WHERE w.vendor_id = (SELECT current_vendor()) AND w.id = m.id AND w.position <> m.n;

-- name: stock_warehouse_set_active :exec
-- $1 warehouse, $2 active. No row when it is the only active one.
UPDATE warehouse SET active = $2
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1
   AND ($2 OR EXISTS (SELECT FROM warehouse o WHERE o.vendor_id = (SELECT current_vendor()) AND o.active AND o.id <> $1));

-- name: stock_warehouse_count :one
-- $1 warehouse: variants with something there, pieces, and those of orders.
SELECT count(DISTINCT variant_id) FILTER (WHERE on_hand > 0), coalesce(sum(on_hand), 0)::bigint, coalesce(sum(reserved), 0)::bigint
  FROM stock WHERE vendor_id = (SELECT current_vendor()) AND warehouse_id = $1;

-- ---- Proof ----

-- name: stock_differences :many
-- Places whose ledger does not sum to what lies there, or whose reservations not to what is reserved; of all shops, 100 at most.
WITH ledger AS (
    SELECT vendor_id, variant_id, warehouse_id, bin, sum(on_hand)::bigint AS on_hand, sum(reserved)::bigint AS reserved
      FROM stock_movement GROUP BY 1, 2, 3, 4
), held AS (
    SELECT vendor_id, variant_id, warehouse_id, bin, sum(quantity)::bigint AS quantity FROM reservation GROUP BY 1, 2, 3, 4
)
SELECT vendor_id, variant_id, warehouse_id, bin, coalesce(s.on_hand, 0), coalesce(l.on_hand, 0), coalesce(s.reserved, 0), coalesce(l.reserved, 0), coalesce(h.quantity, 0)
  FROM stock s
  FULL JOIN ledger l USING (vendor_id, variant_id, warehouse_id, bin)
  FULL JOIN held h USING (vendor_id, variant_id, warehouse_id, bin)
 WHERE coalesce(s.on_hand, 0) <> coalesce(l.on_hand, 0) OR coalesce(s.reserved, 0) <> coalesce(l.reserved, 0) OR coalesce(s.reserved, 0) <> coalesce(h.quantity, 0)
 ORDER BY 1, 2, 3, 4 LIMIT 100;
