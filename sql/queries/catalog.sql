-- Products and their texts (src/catalog). The tenant is the transaction's: current_vendor().

-- name: catalog_shape :maybe
-- $1 product. As clients see it.
SELECT id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, active, version, created_at, updated_at, texts, images,
       status, mpn, to_json(tags)::text, tax_bp, weight_g, condition, google_category, to_json(option_names)::text, variants
  FROM product_shape WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: catalog_shapes :many
-- $1 products, in their order.
SELECT id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, active, version, created_at, updated_at, texts, images,
       status, mpn, to_json(tags)::text, tax_bp, weight_g, condition, google_category, to_json(option_names)::text, variants
  FROM product_shape WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]) ORDER BY array_position($1, id);

-- name: catalog_inactive :many
-- Drafts and archived ones, newest first. $1 products that answer the text or NULL, $2 category or NULL, $3 id behind which the page begins (0: the
-- first), $4 how many.
SELECT id FROM product
 WHERE vendor_id = (SELECT current_vendor()) AND NOT active AND ($1::bigint[] IS NULL OR id = ANY ($1))
   AND ($2::text IS NULL OR category = $2 OR starts_with(category, $2 || ' > ')) AND ($3::bigint = 0 OR id < $3)
 ORDER BY id DESC LIMIT $4;

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
 ORDER BY t.product_id, t.language = s.language DESC, array_position(s.languages, t.language), t.language;

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
                  OR EXISTS (SELECT FROM product_text o WHERE o.vendor_id = (SELECT current_vendor()) AND o.slug = x.slug AND o.language || '' = x.language AND o.product_id <> d.id)
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


-- ---- Lists (list.c) ----

-- name: catalog_page :many
-- Which products a list shows, and their keys: product_page(). $1 order, $2 from its end, $3 language of the reader, $4 products that answer the
-- text or NULL, $5 status or NULL, $6 category or NULL, $7 out, low, in or NULL, $8 what is missing or NULL, $9 and $10 key and id behind which the
-- page begins or NULL, $11 how many.
SELECT id, key FROM product_page($1, $2, $3, $4::bigint[], $5::product_status, $6, $7, $8, $9, $10, $11::integer);

-- name: catalog_rows :many
-- What a list shows of them, in their order. $1 language of the reader, $2 products.
SELECT p.id, p.sku, p.price_minor, p.currency, p.status, p.updated_at, coalesce(t.title, ''), coalesce(t.language, ''),
       (SELECT coalesce(string_agg(l.language, ' ' ORDER BY l.language), '') FROM product_text l WHERE l.vendor_id = p.vendor_id AND l.product_id = p.id),
       (SELECT i.hash FROM product_image i WHERE i.vendor_id = p.vendor_id AND i.product_id = p.id ORDER BY i.position, i.id LIMIT 1),
       p.category, x.variants, x.tracked, x.missing, x.available, x.least, x.most
  FROM unnest($2::bigint[]) WITH ORDINALITY AS w(id, place)
  JOIN product p ON p.vendor_id = (SELECT current_vendor()) AND p.id = w.id
  LEFT JOIN LATERAL (SELECT title, language FROM product_text x WHERE x.vendor_id = p.vendor_id AND x.product_id = p.id
                      ORDER BY x.language = $1 DESC, x.language = (SELECT language FROM vendor WHERE id = x.vendor_id) DESC, x.language LIMIT 1) t ON true
  CROSS JOIN LATERAL (SELECT count(*) AS variants, count(*) FILTER (WHERE v.tracked) AS tracked, count(*) FILTER (WHERE v.tracked AND coalesce(s.available, 0) <= 0) AS missing,
                             coalesce(sum(s.available) FILTER (WHERE v.tracked), 0) AS available,
                             coalesce(min(coalesce(v.price_minor, p.price_minor)), p.price_minor) AS least, coalesce(max(coalesce(v.price_minor, p.price_minor)), p.price_minor) AS most
                        FROM product_variant v
                        LEFT JOIN LATERAL (SELECT sum(s.on_hand - s.reserved) AS available FROM stock s JOIN warehouse h ON h.vendor_id = s.vendor_id AND h.id = s.warehouse_id AND h.active
                                            WHERE s.vendor_id = v.vendor_id AND s.variant_id = v.id) s ON v.tracked
                       WHERE v.vendor_id = p.vendor_id AND v.product_id = p.id) x
 ORDER BY w.place;

-- name: catalog_stakes :many
-- What goes with each: $1 products. Pieces that lie there, and orders that hold some.
SELECT p.id, coalesce(sum(s.on_hand), 0)::bigint,
       (SELECT count(DISTINCT r.order_id) FROM product_variant v JOIN reservation r ON r.vendor_id = v.vendor_id AND r.variant_id = v.id
         WHERE v.vendor_id = (SELECT current_vendor()) AND v.product_id = p.id)
  FROM unnest($1::bigint[]) AS p(id)
  JOIN product_variant v ON v.vendor_id = (SELECT current_vendor()) AND v.product_id = p.id
  LEFT JOIN stock s ON s.vendor_id = v.vendor_id AND s.variant_id = v.id
 GROUP BY p.id;

-- name: catalog_variant_stakes :one
-- $1 variants. Pieces that lie there, and orders that hold some.
SELECT coalesce((SELECT sum(on_hand) FROM stock WHERE vendor_id = (SELECT current_vendor()) AND variant_id = ANY ($1::bigint[])), 0)::bigint,
       (SELECT count(DISTINCT order_id) FROM reservation WHERE vendor_id = (SELECT current_vendor()) AND variant_id = ANY ($1::bigint[]));

-- ---- Several at once (bulk.c): each gives the products that changed, then those that did not and why (NULL: nothing to change) ----

-- name: catalog_delete :many
-- $1 products. Those that orders hold stay.
WITH held AS MATERIALIZED (
    SELECT DISTINCT v.product_id AS id FROM product_variant v JOIN reservation r ON r.vendor_id = v.vendor_id AND r.variant_id = v.id
     WHERE v.vendor_id = (SELECT current_vendor()) AND v.product_id = ANY ($1::bigint[])
), gone AS (
    DELETE FROM product WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]) AND id NOT IN (SELECT id FROM held) RETURNING id
)
SELECT id, false AS held FROM gone UNION ALL SELECT id, true FROM held;

-- name: catalog_set_status :many
-- $1 products, $2 status, $3 who, $4 operator, both or NULL.
WITH old AS MATERIALIZED (
    SELECT id, status FROM product WHERE vendor_id = (SELECT current_vendor()) AND id = ANY ($1::bigint[]) AND status <> $2::text::product_status ORDER BY id FOR NO KEY UPDATE
), changed AS (
    UPDATE product p SET status = $2::text::product_status, version = version + 1, updated_at = now() FROM old WHERE p.vendor_id = (SELECT current_vendor()) AND p.id = old.id RETURNING p.id
), history AS (
    INSERT INTO product_change (vendor_id, product_id, account_id, acted_by, way, changes)
    SELECT current_vendor(), old.id, $3::bigint, $4::bigint, 'bulk', jsonb_build_array(jsonb_build_object('field', 'status', 'before', old.status, 'after', $2::text)) FROM old
)
SELECT id, false FROM changed;

-- name: catalog_set_category :many
-- $1 products, $2 path, $3 who, $4 operator, both or NULL.
WITH c AS MATERIALIZED (
    SELECT * FROM categories_of(current_vendor(), ARRAY[$2::text])
), old AS MATERIALIZED (
    SELECT p.id, p.category, c.id AS category_id, coalesce(c.path, '') AS path FROM product p LEFT JOIN c ON true
     WHERE p.vendor_id = (SELECT current_vendor()) AND p.id = ANY ($1::bigint[]) AND p.category_id IS DISTINCT FROM c.id ORDER BY p.id FOR NO KEY UPDATE OF p
), changed AS (
    UPDATE product p SET category = old.path, category_id = old.category_id, version = version + 1, updated_at = now() FROM old
     WHERE p.vendor_id = (SELECT current_vendor()) AND p.id = old.id RETURNING p.id
), history AS (
    INSERT INTO product_change (vendor_id, product_id, account_id, acted_by, way, changes)
    SELECT current_vendor(), old.id, $3::bigint, $4::bigint, 'bulk', jsonb_build_array(jsonb_build_object('field', 'category', 'before', old.category, 'after', old.path)) FROM old
)
SELECT id, false FROM changed;

-- name: catalog_price_preview :many
-- $1 products, $2 by how many hundredths of a per cent, $3 to what it is rounded, $4 language, $5 how many rows. Old and new price; whether the price before would no longer be above it.
SELECT p.id, p.sku, coalesce(t.title, ''), p.price_minor, p.currency, price_moved(p.price_minor, $2::bigint, $3::bigint), p.currency,
       p.compare_at_minor IS NOT NULL AND p.compare_at_minor <= price_moved(p.price_minor, $2::bigint, $3::bigint)
  FROM product p
  LEFT JOIN LATERAL (SELECT title FROM product_text x WHERE x.vendor_id = p.vendor_id AND x.product_id = p.id ORDER BY x.language = $4 DESC, x.language LIMIT 1) t ON true
 WHERE p.vendor_id = (SELECT current_vendor()) AND p.id = ANY ($1::bigint[])
 ORDER BY p.id DESC LIMIT $5;

-- name: catalog_set_price :many
-- $1 products, $2 hundredths of a per cent, $3 to what it is rounded, $4 decimals of the currency, $5 who, $6 operator, both or NULL. Prices of variants go with it.
-- One whose price before would no longer be above it is held.
WITH old AS MATERIALIZED (
    SELECT p.id, p.price_minor, price_moved(p.price_minor, $2::bigint, $3::bigint) AS price, p.compare_at_minor FROM product p
     WHERE p.vendor_id = (SELECT current_vendor()) AND p.id = ANY ($1::bigint[]) ORDER BY p.id FOR NO KEY UPDATE
), changed AS (
    UPDATE product p SET price_minor = old.price, version = version + 1, updated_at = now() FROM old
     WHERE p.vendor_id = (SELECT current_vendor()) AND p.id = old.id AND old.price <> old.price_minor AND (old.compare_at_minor IS NULL OR old.compare_at_minor > old.price)
    RETURNING p.id
), variants AS (
    UPDATE product_variant v SET price_minor = price_moved(v.price_minor, $2::bigint, $3::bigint) FROM changed
     WHERE v.vendor_id = (SELECT current_vendor()) AND v.product_id = changed.id AND v.price_minor IS NOT NULL
), history AS (
    INSERT INTO product_change (vendor_id, product_id, account_id, acted_by, way, changes)
    SELECT current_vendor(), old.id, $5::bigint, $6::bigint, 'bulk', jsonb_build_array(jsonb_build_object('field', 'price',
           'before', round(old.price_minor / (10::numeric ^ $4::integer), $4::integer)::text, 'after', round(old.price / (10::numeric ^ $4::integer), $4::integer)::text))
      FROM old JOIN changed ON changed.id = old.id
)
SELECT id, false FROM changed UNION ALL SELECT id, true FROM old WHERE price <> price_minor AND compare_at_minor <= price;

-- ---- The shop ----

-- name: catalog_shop :maybe
-- The shop of this transaction: for its settings and its public pages.
SELECT slug, name, currency, language, array_prepend(language, array_remove(languages, language)), coalesce(country, ''), tax_bp, prices_with_tax FROM vendor WHERE id = (SELECT current_vendor());

-- name: catalog_save_shop :exec
-- $1 name, $2 country or NULL, $3 tax, $4 prices with tax, $5 languages, the usual one first.
UPDATE vendor SET name = $1, country = $2, tax_bp = $3, prices_with_tax = $4, languages = $5::text[], language = ($5::text[])[1] WHERE id = (SELECT current_vendor());

-- name: catalog_language_counts :many
-- How many products have a text in each language that any has, and how many there are.
SELECT language, count(*), (SELECT count(*) FROM product WHERE vendor_id = (SELECT current_vendor()))
  FROM product_text WHERE vendor_id = (SELECT current_vendor()) GROUP BY language ORDER BY language;

-- ---- Categories (category.c) ----

-- name: category_list :many
-- All of the shop, each behind what it is in.
SELECT c.id, coalesce(c.parent_id, 0), c.name, c.path, coalesce(c.google_id, 0), (SELECT json_object_agg(t.language, t.name)::text FROM category_text t WHERE t.vendor_id = c.vendor_id AND t.category_id = c.id)
  FROM category c WHERE c.vendor_id = (SELECT current_vendor()) ORDER BY replace(c.path_key, ' > ', E'\x01'), c.id;

-- name: category_counts :many
-- How many products are in each, in itself.
SELECT category_id, count(*) FROM product WHERE vendor_id = (SELECT current_vendor()) AND category_id IS NOT NULL GROUP BY category_id;

-- name: category_names :many
-- $1 language, for shoppers. Names that categories have in it.
SELECT category_id, name FROM category_text WHERE vendor_id = (SELECT current_vendor()) AND language = $1;

-- name: category_texts :many
-- $1 category.
SELECT language, name FROM category_text WHERE vendor_id = (SELECT current_vendor()) AND category_id = $1 ORDER BY language;

-- name: category_add :one
-- $1 category it is in or NULL, $2 name.
INSERT INTO category (vendor_id, parent_id, name, path)
SELECT current_vendor(), $1::bigint, $2, coalesce((SELECT path || ' > ' FROM category WHERE vendor_id = (SELECT current_vendor()) AND id = $1), '') || $2
RETURNING id;

-- name: category_place :many
-- $1 category, $2 the one it is in from now on or NULL, $3 its name. It and all below it get their new paths.
WITH RECURSIVE tree AS (
    SELECT c.id, coalesce((SELECT path || ' > ' FROM category WHERE vendor_id = (SELECT current_vendor()) AND id = $2::bigint), '') || $3::text AS path
      FROM category c WHERE c.vendor_id = (SELECT current_vendor()) AND c.id = $1::bigint
    UNION ALL SELECT c.id, t.path || ' > ' || c.name FROM category c JOIN tree t ON c.parent_id = t.id WHERE c.vendor_id = (SELECT current_vendor())
)
UPDATE category c SET path = t.path, name = CASE WHEN c.id = $1 THEN $3 ELSE c.name END, parent_id = CASE WHEN c.id = $1 THEN $2 ELSE c.parent_id END
  FROM tree t WHERE c.vendor_id = (SELECT current_vendor()) AND c.id = t.id
RETURNING c.id;

-- name: category_products :many
-- $1 categories whose paths changed. Their products get them.
UPDATE product p SET category = c.path, version = p.version + 1, updated_at = now()
  FROM category c WHERE p.vendor_id = (SELECT current_vendor()) AND p.category_id = ANY ($1::bigint[])
   AND c.vendor_id = p.vendor_id AND c.id = p.category_id AND p.category <> c.path
RETURNING p.id;

-- name: category_hand_over :many
-- $1 category, $2 the one that gets its products.
UPDATE product p SET category_id = c.id, category = c.path, version = p.version + 1, updated_at = now()
  FROM category c WHERE p.vendor_id = (SELECT current_vendor()) AND p.category_id = $1 AND c.vendor_id = p.vendor_id AND c.id = $2
RETURNING p.id;

-- name: category_set_google :exec
-- $1 category, $2 id of Google's taxonomy or NULL.
UPDATE category SET google_id = $2 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: category_set_text :exec
-- $1 category, $2 language, $3 name.
INSERT INTO category_text (vendor_id, category_id, language, name) VALUES (current_vendor(), $1, $2, $3)
ON CONFLICT (vendor_id, category_id, language) DO UPDATE SET name = EXCLUDED.name;

-- name: category_drop_text :exec
-- $1 category, $2 language.
DELETE FROM category_text WHERE vendor_id = (SELECT current_vendor()) AND category_id = $1 AND language = $2;

-- name: category_delete :exec
-- $1 category, which holds nothing.
DELETE FROM category WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- ---- History (history.c) ----

-- name: catalog_history :many
-- $1 product, $2 how many of its changes. Each field that changed, the newest change first.
SELECT h.id, h.at, coalesce(nullif(a.name, ''), a.email, ''), h.acted_by IS NOT NULL, h.way, f.value->>'field', f.value->>'before', f.value->>'after'
  FROM (SELECT * FROM product_change WHERE vendor_id = (SELECT current_vendor()) AND product_id = $1 ORDER BY id DESC LIMIT $2) h
  CROSS JOIN LATERAL jsonb_array_elements(h.changes) WITH ORDINALITY AS f(value, place)
  LEFT JOIN account a ON a.id = h.account_id
 ORDER BY h.id DESC, f.place;

-- ---- The shop window (shop.c) ----

-- name: catalog_window :many
-- What shoppers see of them, in their order. $1 language, $2 products.
SELECT p.id, coalesce(t.title, p.sku), coalesce(t.language, ''), coalesce(t.slug, p.id::text), p.currency, x.least, x.most,
       (SELECT i.hash FROM product_image i WHERE i.vendor_id = p.vendor_id AND i.product_id = p.id ORDER BY i.position, i.id LIMIT 1)
  FROM unnest($2::bigint[]) WITH ORDINALITY AS w(id, place)
  JOIN product p ON p.vendor_id = (SELECT current_vendor()) AND p.id = w.id
  LEFT JOIN LATERAL (SELECT title, language, slug FROM product_text x WHERE x.vendor_id = p.vendor_id AND x.product_id = p.id
                      ORDER BY x.language = $1 DESC, x.language = (SELECT language FROM vendor WHERE id = x.vendor_id) DESC, x.language LIMIT 1) t ON true
  CROSS JOIN LATERAL (SELECT coalesce(min(coalesce(v.price_minor, p.price_minor)), p.price_minor) AS least, coalesce(max(coalesce(v.price_minor, p.price_minor)), p.price_minor) AS most
                        FROM product_variant v WHERE v.vendor_id = p.vendor_id AND v.product_id = p.id) x
 ORDER BY w.place;

-- name: catalog_by_slug :maybe
-- $1 what stands in an address, $2 language of the reader. The product, the language of the address, and the address as it is now: another one when it was renamed.
SELECT product_id, language, slug FROM (
    SELECT t.product_id, t.language, t.slug, 1 AS place FROM product_text t WHERE t.vendor_id = (SELECT current_vendor()) AND t.slug = $1
    UNION ALL
    SELECT o.product_id, o.language, t.slug, 2 FROM product_old_slug o JOIN product_text t ON t.vendor_id = o.vendor_id AND t.product_id = o.product_id AND t.language = o.language
     WHERE o.vendor_id = (SELECT current_vendor()) AND o.slug = $1) found
 ORDER BY place, language = $2 DESC, language LIMIT 1;
