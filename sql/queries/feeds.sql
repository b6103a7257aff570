-- Product feeds (src/feeds). The tenant is the transaction's: current_vendor().

-- name: feeds_shop :maybe
-- What a build and the pages need to know of the shop: as it is, and what it chose.
SELECT v.slug, v.name, v.state = 'active', v.language, array_to_string(v.languages, ' '),
       coalesce(f.public, true), f.secret, coalesce(f.fallback, false), coalesce(f.backorder_days, 0), coalesce(f.mail, true), f.begun_at
  FROM vendor v LEFT JOIN feed_shop f ON f.vendor_id = v.id
 WHERE v.id = (SELECT current_vendor());

-- name: feeds_begin :exec
-- A build begins: what changed until now is in what it reads.
WITH seen AS (
    DELETE FROM feed_change WHERE vendor_id = (SELECT current_vendor())
)
INSERT INTO feed_shop (vendor_id, begun_at) VALUES (current_vendor(), now())
ON CONFLICT (vendor_id) DO UPDATE SET begun_at = now();

-- name: feeds_lock_shop :maybe
-- Whoever changes the shop's addresses, or makes them so, waits here.
SELECT 1 FROM feed_shop WHERE vendor_id = (SELECT current_vendor()) FOR UPDATE;

-- name: feeds_ask :exec
-- A person wants a build: a running one may have read already, and sees by this that it is to be repeated.
WITH changed AS (
    INSERT INTO feed_change (vendor_id) VALUES (current_vendor())
)
INSERT INTO feed_shop (vendor_id) VALUES (current_vendor())
ON CONFLICT (vendor_id) DO UPDATE SET begun_at = NULL;

-- name: feeds_touch :exec
-- As if something had changed: the next round builds again.
INSERT INTO feed_change (vendor_id) VALUES (current_vendor());

-- name: feeds_due :many
-- $1 seconds between two builds of a shop, $2 how many shops. Across shops: where something changed, or nobody looked for a day.
SELECT v.id
  FROM vendor v LEFT JOIN feed_shop f ON f.vendor_id = v.id
 WHERE (EXISTS (SELECT FROM feed_change c WHERE c.vendor_id = v.id)
        OR (v.state = 'active' AND f.begun_at < now() - interval '1 day'))
   AND (f.begun_at IS NULL OR f.begun_at < now() - make_interval(secs => $1::double precision))
   AND NOT EXISTS (SELECT FROM job j WHERE j.kind = 'feeds_build' AND j.key = v.id::text AND j.state IN ('waiting', 'running'))
 ORDER BY f.begun_at NULLS FIRST, v.id
 LIMIT $2::bigint;

-- name: feeds_items :many
-- $1 language, $2 may texts be in another one, $3 product or NULL for all that are active. A row a variant, in the order of the products.
WITH RECURSIVE shop AS (
    SELECT v.id, v.language, v.languages, v.tax_bp, v.prices_with_tax OR coalesce(v.country, '') IN ('US', 'CA') AS as_is
      FROM vendor v WHERE v.id = (SELECT current_vendor())
), kind AS ( -- Google's category of the nearest category above that has one
    SELECT c.id, c.google_id FROM category c WHERE c.vendor_id = (SELECT current_vendor()) AND c.parent_id IS NULL
    UNION ALL
    SELECT c.id, coalesce(c.google_id, k.google_id)
      FROM kind k JOIN category c ON c.vendor_id = (SELECT current_vendor()) AND c.parent_id = k.id
), pictures AS (
    SELECT i.product_id,
           string_agg(i.id || CASE WHEN f.feed_bytes IS NOT NULL THEN ':r' WHEN f.feed_refused = 'small' THEN ':s'
                                   WHEN f.feed_refused IS NOT NULL THEN ':b' ELSE ':w' END || encode(i.hash, 'hex'), ' ' ORDER BY i.position, i.id) AS list
      FROM product_image i JOIN image_file f ON f.hash = i.hash
     WHERE i.vendor_id = (SELECT current_vendor()) AND ($3::bigint IS NULL OR i.product_id = $3)
     GROUP BY i.product_id
), there AS (
    SELECT s.variant_id, sum(s.on_hand - s.reserved) AS n
      FROM stock s JOIN warehouse h ON h.vendor_id = s.vendor_id AND h.id = s.warehouse_id AND h.active
     WHERE s.vendor_id = (SELECT current_vendor())
       AND ($3::bigint IS NULL OR s.variant_id IN (SELECT x.id FROM product_variant x WHERE x.vendor_id = (SELECT current_vendor()) AND x.product_id = $3))
     GROUP BY s.variant_id
)
SELECT v.id, p.id, p.active,
       coalesce(t.title, o.title), coalesce(t.description, o.description), coalesce(t.language, o.language),
       CASE WHEN cardinality(p.option_names) = 0 THEN coalesce(v.gtin, p.gtin) ELSE v.gtin END, p.mpn, p.brand, p.category,
       CASE WHEN p.google_category <> '' THEN p.google_category ELSE k.google_id::text END,
       CASE WHEN shop.as_is THEN coalesce(v.price_minor, p.price_minor)
            ELSE round(coalesce(v.price_minor, p.price_minor) * (10000 + coalesce(p.tax_bp, shop.tax_bp)) / 10000.0)::bigint END,
       CASE WHEN shop.as_is THEN coalesce(v.compare_at_minor, p.compare_at_minor, 0)
            ELSE round(coalesce(v.compare_at_minor, p.compare_at_minor, 0) * (10000 + coalesce(p.tax_bp, shop.tax_bp)) / 10000.0)::bigint END,
       p.currency, v.tracked, v.backorder, coalesce(n.n, 0), coalesce(v.weight_g, p.weight_g, 0), p.condition,
       array_to_string(p.option_names, chr(31)), array_to_string(v.option_values, chr(31)), coalesce(v.image_id, 0), coalesce(i.list, ''),
       array_to_string(p.tags[1:2], chr(31))
  FROM shop
 CROSS JOIN product p
  JOIN product_variant v ON v.vendor_id = p.vendor_id AND v.product_id = p.id
  LEFT JOIN product_text t ON t.vendor_id = p.vendor_id AND t.product_id = p.id AND t.language = $1
  LEFT JOIN LATERAL (SELECT x.title, x.description, x.language FROM product_text x
                      WHERE $2::boolean AND t.title IS NULL AND x.vendor_id = p.vendor_id AND x.product_id = p.id
                      ORDER BY x.language = shop.language DESC, array_position(shop.languages, x.language), x.language LIMIT 1) o ON true
  LEFT JOIN kind k ON k.id = p.category_id
  LEFT JOIN pictures i ON i.product_id = p.id
  LEFT JOIN there n ON n.variant_id = v.id
 WHERE p.vendor_id = (SELECT current_vendor())
   AND CASE WHEN $3::bigint IS NULL THEN p.active ELSE p.id = $3 END
 ORDER BY p.id, v.position, v.id;

-- name: feeds_all :many
SELECT language, channel::text, rows, bytes, packed_bytes, digest, changed_at, built_at, build_us, rejected, verdicts,
       coalesce(held_rows, -1), held_at, coalesce(allowed_rows, -1)
  FROM feed WHERE vendor_id = (SELECT current_vendor())
 ORDER BY language, channel;

-- name: feeds_save :exec
-- $1 language, $2 channel, $3 rows, $4 bytes, $5 bytes of the gzip, $6 digest, $7 changed at, $8 built at, $9 microseconds, $10 rejected,
-- $11 digest of the verdicts, $12 rows held back or -1, $13 since when or NULL, $14 rows allowed or -1.
INSERT INTO feed (vendor_id, language, channel, rows, bytes, packed_bytes, digest, changed_at, built_at, build_us, rejected, verdicts,
                  held_rows, held_at, allowed_rows)
VALUES (current_vendor(), $1, $2::feed_channel, $3, $4, $5, $6, $7, $8, $9, $10, $11, nullif($12::bigint, -1), $13, nullif($14::bigint, -1))
ON CONFLICT (vendor_id, language, channel) DO UPDATE
   SET rows = EXCLUDED.rows, bytes = EXCLUDED.bytes, packed_bytes = EXCLUDED.packed_bytes, digest = EXCLUDED.digest,
       changed_at = EXCLUDED.changed_at, built_at = EXCLUDED.built_at, build_us = EXCLUDED.build_us, rejected = EXCLUDED.rejected,
       verdicts = EXCLUDED.verdicts, held_rows = EXCLUDED.held_rows, held_at = EXCLUDED.held_at, allowed_rows = EXCLUDED.allowed_rows;

-- name: feeds_drop :exec
-- $1 language. A language the shop has no longer.
WITH verdicts AS (
    DELETE FROM feed_item_verdict WHERE vendor_id = (SELECT current_vendor()) AND language = $1
)
DELETE FROM feed WHERE vendor_id = (SELECT current_vendor()) AND language = $1;

-- name: feeds_drop_verdicts :exec
-- $1 language, $2 channel.
DELETE FROM feed_item_verdict WHERE vendor_id = (SELECT current_vendor()) AND language = $1 AND channel = $2::feed_channel;

-- name: feeds_add_verdicts :exec
-- $1 language, $2 channel, $3 variants, $4 their reasons as bits, $5 what each bit is called. Those that are gone by now are left out.
INSERT INTO feed_item_verdict (vendor_id, language, channel, variant_id, reasons)
SELECT current_vendor(), $1, $2::feed_channel, r.variant,
       ARRAY (SELECT n.name FROM unnest($5::text[]) WITH ORDINALITY AS n (name, nth) WHERE (r.bits >> (n.nth - 1)::integer) & 1 = 1 ORDER BY n.nth)
  FROM unnest($3::bigint[], $4::bigint[]) AS r (variant, bits)
  JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.id = r.variant;

-- name: feeds_reasons :many
-- $1 language, $2 channel. How many items each reason keeps out.
SELECT r.reason, count(*)
  FROM feed_item_verdict f CROSS JOIN LATERAL unnest(f.reasons) AS r (reason)
 WHERE f.vendor_id = (SELECT current_vendor()) AND f.language = $1 AND f.channel = $2::feed_channel
 GROUP BY r.reason ORDER BY count(*) DESC, r.reason;

-- name: feeds_rejected :many
-- $1 language, $2 channel, $3 a reason or NULL, $4 variant behind which the page begins (0: the first), $5 how many, $6 language of the reader.
SELECT f.variant_id, v.product_id, v.sku, coalesce(t.title, ''), coalesce(t.language, ''), array_to_string(f.reasons, ' ')
  FROM feed_item_verdict f
  JOIN product_variant v ON v.vendor_id = f.vendor_id AND v.id = f.variant_id
  LEFT JOIN LATERAL (SELECT x.title, x.language FROM product_text x WHERE x.vendor_id = v.vendor_id AND x.product_id = v.product_id
                      ORDER BY x.language = $6 DESC, x.language = 'en' DESC, x.language LIMIT 1) t ON true
 WHERE f.vendor_id = (SELECT current_vendor()) AND f.language = $1 AND f.channel = $2::feed_channel
   AND ($3::text IS NULL OR $3 = ANY (f.reasons))
   AND f.variant_id > $4::bigint
 ORDER BY f.variant_id
 LIMIT $5::bigint;

-- name: feeds_choose :exec
-- $1 public, $2 fallback, $3 days or NULL, $4 mail.
INSERT INTO feed_shop (vendor_id, public, fallback, backorder_days, mail)
VALUES (current_vendor(), $1::boolean, $2::boolean, $3::integer, $4::boolean)
ON CONFLICT (vendor_id) DO UPDATE
   SET public = EXCLUDED.public, fallback = EXCLUDED.fallback, backorder_days = EXCLUDED.backorder_days, mail = EXCLUDED.mail;

-- name: feeds_set_secret :exec
-- $1 secret or NULL.
INSERT INTO feed_shop (vendor_id, secret) VALUES (current_vendor(), $1)
ON CONFLICT (vendor_id) DO UPDATE SET secret = EXCLUDED.secret;

-- name: feeds_allow :exec
-- $1 language, $2 channel. What was held back is right; no row when nothing was.
UPDATE feed SET allowed_rows = held_rows
 WHERE vendor_id = (SELECT current_vendor()) AND language = $1 AND channel = $2::feed_channel AND held_rows IS NOT NULL;

-- name: feeds_product :maybe
-- $1 product, $2 language of the reader. What the page of its feed check is headed with.
SELECT p.sku, coalesce(t.title, ''), coalesce(t.language, '')
  FROM product p
  LEFT JOIN LATERAL (SELECT x.title, x.language FROM product_text x WHERE x.vendor_id = p.vendor_id AND x.product_id = p.id
                      ORDER BY x.language = $2 DESC, x.language = 'en' DESC, x.language LIMIT 1) t ON true
 WHERE p.vendor_id = (SELECT current_vendor()) AND p.id = $1;
