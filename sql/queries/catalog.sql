-- Products and their texts (src/catalog). The tenant is the transaction's: current_vendor().

-- name: catalog_shape :maybe
-- $1 product. As clients see it.
SELECT id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, active, version, created_at, updated_at, texts, images,
       status, mpn, to_json(tags)::text, tax_bp, weight_g, condition, google_category, to_json(option_names)::text, variants
  FROM product_shape WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: catalog_shapes :many
-- $1 text in SKU or title or NULL, $2 active or NULL, $3 category or NULL, $4 id behind which the page begins (0: the first), $5 how many, $6 status or NULL. Newest first.
SELECT id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, active, version, created_at, updated_at, texts, images,
       status, mpn, to_json(tags)::text, tax_bp, weight_g, condition, google_category, to_json(option_names)::text, variants
  FROM product_shape p
 WHERE vendor_id = (SELECT current_vendor())
   AND ($1::text IS NULL OR strpos(lower(sku), lower($1)) > 0 OR EXISTS
        (SELECT 1 FROM product_text t WHERE t.vendor_id = p.vendor_id AND t.product_id = p.id AND strpos(lower(t.title), lower($1)) > 0))
   AND ($2::boolean IS NULL OR active = $2)
   AND ($3::text IS NULL OR category = $3)
   AND ($4::bigint = 0 OR id < $4)
   AND ($6::text IS NULL OR status = $6::product_status)
 ORDER BY id DESC
 LIMIT $5;

-- name: catalog_rows :many
-- What a list shows. $1 language of the reader, $2 text or NULL, $3 active or NULL, $4 id behind which the page begins (0: the first), $5 how many, $6 ids or NULL.
SELECT p.id, p.sku, p.price_minor, p.currency, p.active, p.updated_at, coalesce(t.title, ''), coalesce(t.language, ''),
       (SELECT coalesce(string_agg(l.language, ' ' ORDER BY l.language), '') FROM product_text l WHERE l.vendor_id = p.vendor_id AND l.product_id = p.id),
       (SELECT i.hash FROM product_image i WHERE i.vendor_id = p.vendor_id AND i.product_id = p.id ORDER BY i.position, i.id LIMIT 1)
  FROM product p
  LEFT JOIN LATERAL (SELECT title, language FROM product_text x WHERE x.vendor_id = p.vendor_id AND x.product_id = p.id
                      ORDER BY x.language = $1 DESC, x.language = 'en' DESC, x.language LIMIT 1) t ON true
 WHERE p.vendor_id = (SELECT current_vendor())
   AND ($2::text IS NULL OR strpos(lower(p.sku), lower($2)) > 0 OR EXISTS
        (SELECT 1 FROM product_text s WHERE s.vendor_id = p.vendor_id AND s.product_id = p.id AND strpos(lower(s.title), lower($2)) > 0))
   AND ($3::boolean IS NULL OR p.active = $3)
   AND ($4::bigint = 0 OR p.id < $4)
   AND ($6::bigint[] IS NULL OR p.id = ANY ($6))
 ORDER BY p.id DESC
 LIMIT $5;

-- name: catalog_shop :maybe
-- The shop of this transaction, for its public pages.
SELECT slug, name, currency, language FROM vendor WHERE id = (SELECT current_vendor());

-- ---- Products as structs (store.c) ----

-- name: catalog_find_skus :many
-- $1 SKUs. The place of each that is there, from 1, and its product: its own, or the one whose variant has it. Key by key, whatever
-- the statistics say: of a table that has just been filled they say nothing yet.
SELECT w.place, coalesce(p.id, v.product_id)
  FROM unnest($1::text[]) WITH ORDINALITY AS w(sku, place)
  LEFT JOIN LATERAL (SELECT x.id FROM product x WHERE x.vendor_id = (SELECT current_vendor()) AND x.sku_key = lower(w.sku) LIMIT 1) p ON true
  LEFT JOIN LATERAL (SELECT x.product_id FROM product_variant x WHERE x.vendor_id = (SELECT current_vendor()) AND x.sku_key = lower(w.sku) LIMIT 1) v ON true
 WHERE w.sku <> '' AND coalesce(p.id, v.product_id) IS NOT NULL;

-- name: catalog_products :many
-- $1 ids.
SELECT id, sku, coalesce(gtin, ''), brand, mpn, category, condition, google_category, price_minor, currency, compare_at_minor, status, tags, tax_bp, weight_g,
       option_names, version, created_at, updated_at
  FROM product WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]) ORDER BY id;

-- name: catalog_lock :many
-- $1 ids. The same, and nobody else changes them until the end of the transaction.
SELECT id, sku, coalesce(gtin, ''), brand, mpn, category, condition, google_category, price_minor, currency, compare_at_minor, status, tags, tax_bp, weight_g,
       option_names, version, created_at, updated_at
  FROM product WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE;

-- name: catalog_texts :many
-- $1 products. Each in the order of the shop's languages, other languages behind.
SELECT t.product_id, t.language, t.title, t.description, t.slug
  FROM product_text t JOIN vendor s ON s.id = t.vendor_id
 WHERE t.vendor_id = (SELECT current_vendor()) AND t.product_id = ANY ($1::bigint[])
 ORDER BY t.product_id, array_position(s.languages, t.language), t.language;

-- name: catalog_variants :many
-- $1 products.
SELECT v.product_id, v.id, v.position, v.sku, coalesce(v.gtin, ''), v.option_values, v.price_minor, v.compare_at_minor, v.weight_g, v.tracked, v.backorder,
       CASE WHEN v.tracked THEN (SELECT sum(s.on_hand - s.reserved) FROM stock s JOIN warehouse w ON w.vendor_id = s.vendor_id AND w.id = s.warehouse_id AND w.active
                                  WHERE s.vendor_id = v.vendor_id AND s.variant_id = v.id) END
  FROM product_variant v
 WHERE v.vendor_id = (SELECT current_vendor()) AND v.product_id = ANY ($1::bigint[])
 ORDER BY v.product_id, v.position, v.id;

-- ---- Writing (write.c) ----

-- name: catalog_put :many
-- $1 products, $2 texts, $3 variants: arrays of JSON objects, those of one product by its `n`; $4 who acts and $5 the operator in their place, or NULL; $6 the way.
-- A product with an id is changed if it still is at its version, and noted in its history; others are added. Gives n and id of each that was written.
WITH p AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS x(n integer, id bigint, version bigint, sku text, gtin text, brand text, mpn text, category text, condition text, google_category text,
        price bigint, compare_at bigint, currency text, status product_status, tags text[], tax_bp integer, weight_g bigint, options text[], changes jsonb)
), c AS MATERIALIZED (
    SELECT * FROM categories_of(current_vendor(), ARRAY(SELECT category FROM p))
), added AS (
    INSERT INTO product (vendor_id, sku, gtin, brand, mpn, category, category_id, condition, google_category, price_minor, compare_at_minor, currency, status, tags, tax_bp, weight_g, option_names)
    SELECT current_vendor(), p.sku, p.gtin, p.brand, p.mpn, coalesce(c.path, ''), c.id, p.condition, p.google_category, p.price, p.compare_at, p.currency, p.status, p.tags, p.tax_bp, p.weight_g, p.options
      FROM p LEFT JOIN c ON c.asked = p.category WHERE p.id IS NULL ORDER BY p.n
    RETURNING id, sku
), changed AS (
    UPDATE product t SET sku = p.sku, gtin = p.gtin, brand = p.brand, mpn = p.mpn, category = coalesce(c.path, ''), category_id = c.id, condition = p.condition,
           google_category = p.google_category, price_minor = p.price, compare_at_minor = p.compare_at, currency = p.currency, status = p.status, tags = p.tags, tax_bp = p.tax_bp,
           weight_g = p.weight_g, option_names = p.options, version = t.version + 1, updated_at = now()
      FROM p LEFT JOIN c ON c.asked = p.category
     WHERE t.vendor_id = (SELECT current_vendor()) AND t.id = p.id AND t.version = p.version
    RETURNING p.n, t.id
), done AS MATERIALIZED (
    SELECT p.n, a.id FROM p JOIN added a ON a.sku = p.sku WHERE p.id IS NULL UNION ALL SELECT n, id FROM changed
), texts AS (
    INSERT INTO product_text (vendor_id, product_id, language, title, description, slug)
    SELECT current_vendor(), d.id, x.language, x.title, x.description,
           CASE WHEN row_number() OVER (PARTITION BY x.language, x.slug ORDER BY x.n) > 1
                  OR EXISTS (SELECT FROM product_text o WHERE o.vendor_id = (SELECT current_vendor()) AND o.language = x.language AND o.slug = x.slug AND o.product_id <> d.id)
                THEN x.slug || '-' || d.id ELSE x.slug END
      FROM json_to_recordset($2::json) AS x(n integer, language text, title text, description text, slug text) JOIN done d ON d.n = x.n
    ON CONFLICT (vendor_id, product_id, language) DO UPDATE SET title = EXCLUDED.title, description = EXCLUDED.description, slug = EXCLUDED.slug
), v AS MATERIALIZED (
    SELECT d.id AS product_id, x.* FROM json_to_recordset($3::json) AS x(n integer, id bigint, position integer, sku text, gtin text, values text[], price bigint, compare_at bigint,
        weight_g bigint, tracked boolean, backorder boolean) JOIN done d ON d.n = x.n
), variants_added AS (
    INSERT INTO product_variant (vendor_id, product_id, position, sku, gtin, option_values, price_minor, compare_at_minor, weight_g, tracked, backorder)
    SELECT current_vendor(), product_id, position, sku, gtin, values, price, compare_at, weight_g, tracked, backorder FROM v WHERE id IS NULL ORDER BY n, position
), variants_changed AS (
    UPDATE product_variant o SET position = v.position, sku = v.sku, gtin = v.gtin, option_values = v.values, price_minor = v.price, compare_at_minor = v.compare_at,
           weight_g = v.weight_g, tracked = v.tracked, backorder = v.backorder
      FROM v WHERE o.vendor_id = (SELECT current_vendor()) AND o.id = v.id AND o.product_id = v.product_id
), history AS (
    INSERT INTO product_change (vendor_id, product_id, account_id, acted_by, way, changes)
    SELECT current_vendor(), d.id, $4::bigint, $5::bigint, $6, p.changes FROM p JOIN done d ON d.n = p.n WHERE p.changes IS NOT NULL
)
SELECT n, id FROM done ORDER BY n;

-- name: catalog_drop_texts :exec
-- $1 products, $2 a language of each.
DELETE FROM product_text t USING unnest($1::bigint[], $2::text[]) AS x(id, language)
 WHERE t.vendor_id = (SELECT current_vendor()) AND t.product_id = x.id AND t.language = x.language;

-- name: catalog_drop_variants :exec
-- $1 variants. Those that no order holds.
DELETE FROM product_variant v WHERE v.vendor_id = (SELECT current_vendor()) AND v.id = ANY ($1::bigint[])
   AND NOT EXISTS (SELECT FROM reservation r WHERE r.vendor_id = v.vendor_id AND r.variant_id = v.id);

-- name: catalog_delete :one
-- $1 products. How many went, and how many stay since orders hold them.
WITH held AS MATERIALIZED (
    SELECT DISTINCT v.product_id FROM product_variant v JOIN reservation r ON r.vendor_id = v.vendor_id AND r.variant_id = v.id
     WHERE v.vendor_id = (SELECT current_vendor()) AND v.product_id = ANY ($1::bigint[])
), gone AS (
    DELETE FROM product WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]) AND id NOT IN (SELECT product_id FROM held) RETURNING id
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM held);

-- name: catalog_set_status :one
-- $1 products, $2 status. How many changed, and none that is held.
WITH changed AS (
    UPDATE product SET status = $2::text::product_status, version = version + 1, updated_at = now()
     WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]) AND status <> $2::text::product_status
    RETURNING id
)
SELECT count(*), 0::bigint FROM changed;
