-- Products and their texts (src/catalog). The tenant is the transaction's: current_vendor().

-- name: catalog_shape :maybe
-- $1 product. As clients see it.
SELECT id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, active, version, created_at, updated_at, texts, images
  FROM product_shape WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: catalog_shapes :many
-- $1 text in SKU or title or NULL, $2 active or NULL, $3 category or NULL, $4 id behind which the page begins (0: the first), $5 how many. Newest first.
SELECT id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, active, version, created_at, updated_at, texts, images
  FROM product_shape p
 WHERE vendor_id = (SELECT current_vendor())
   AND ($1::text IS NULL OR strpos(lower(sku), lower($1)) > 0 OR EXISTS
        (SELECT 1 FROM product_text t WHERE t.vendor_id = p.vendor_id AND t.product_id = p.id AND strpos(lower(t.title), lower($1)) > 0))
   AND ($2::boolean IS NULL OR active = $2)
   AND ($3::text IS NULL OR category = $3)
   AND ($4::bigint = 0 OR id < $4)
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
   AND ($6::text IS NULL OR p.id = ANY (string_to_array($6, ',')::bigint[]))
 ORDER BY p.id DESC
 LIMIT $5;

-- name: catalog_one :maybe
-- $1 product.
SELECT id, sku, coalesce(gtin, ''), brand, category, price_minor, currency, coalesce(compare_at_minor, 0), compare_at_minor IS NOT NULL, active, version, created_at, updated_at
  FROM product WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: catalog_texts :many
-- $1 product.
SELECT language, title, description, slug FROM product_text WHERE vendor_id = (SELECT current_vendor()) AND product_id = $1;

-- name: catalog_add :one
-- $1 SKU, $2 GTIN or NULL, $3 brand, $4 category, $5 price, $6 compare-at price or NULL, $7 currency, $8 active.
WITH added AS (
    INSERT INTO product (vendor_id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, status)
    VALUES (current_vendor(), $1, $2, $3, $4, $5, $6, $7, (CASE WHEN $8::boolean THEN 'active' ELSE 'draft' END)::product_status)
    RETURNING vendor_id, id, sku, gtin
)
INSERT INTO product_variant (vendor_id, product_id, sku, gtin) SELECT vendor_id, id, sku, gtin FROM added RETURNING product_id;

-- name: catalog_change :exec
-- $1 product, $2 version it was read at, $3-$10 as above. No row when somebody was faster: then nothing of it may be committed.
WITH plain AS (
    UPDATE product_variant SET sku = $3, gtin = $4 WHERE vendor_id = (SELECT current_vendor()) AND product_id = $1 AND option_values = '{}'
)
UPDATE product SET sku = $3, gtin = $4, brand = $5, category = $6, price_minor = $7, compare_at_minor = $8, currency = $9,
       status = CASE WHEN active = $10::boolean THEN status WHEN $10 THEN 'active' ELSE 'draft' END::product_status,
       version = version + 1, updated_at = now()
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1 AND version = $2;

-- name: catalog_set_text :exec
-- $1 product, $2 language, $3 title, $4 description, $5 slug.
INSERT INTO product_text (vendor_id, product_id, language, title, description, slug) VALUES (current_vendor(), $1, $2, $3, $4, $5)
ON CONFLICT (vendor_id, product_id, language) DO UPDATE SET title = EXCLUDED.title, description = EXCLUDED.description, slug = EXCLUDED.slug;

-- name: catalog_free_slug :one
-- $1 product, $2 language, $3 slug. The slug, with a number behind it when another product has it.
SELECT coalesce(min(slug), $3 || '-' || $1::bigint) FROM (
    SELECT c.slug FROM unnest(ARRAY[$3::text, $3 || '-2', $3 || '-3', $3 || '-4']) AS c(slug)
     WHERE NOT EXISTS (SELECT 1 FROM product_text t WHERE t.vendor_id = (SELECT current_vendor()) AND t.language = $2 AND t.slug = c.slug AND t.product_id <> $1::bigint)) free;

-- name: catalog_drop_text :exec
-- $1 product, $2 language.
DELETE FROM product_text WHERE vendor_id = (SELECT current_vendor()) AND product_id = $1 AND language = $2;

-- name: catalog_delete :exec
-- $1 ids, separated by commas.
DELETE FROM product WHERE vendor_id = (SELECT current_vendor()) AND id = ANY (string_to_array($1, ',')::bigint[]);

-- name: catalog_set_active :exec
-- $1 ids, separated by commas, $2 active.
UPDATE product SET status = (CASE WHEN $2::boolean THEN 'active' ELSE 'draft' END)::product_status, version = version + 1, updated_at = now()
 WHERE vendor_id = (SELECT current_vendor()) AND id = ANY (string_to_array($1, ',')::bigint[]) AND active <> $2::boolean;

-- name: catalog_shop :maybe
-- The shop of this transaction, for its public pages.
SELECT slug, name, currency, language FROM vendor WHERE id = (SELECT current_vendor());
