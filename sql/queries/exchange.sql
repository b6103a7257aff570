-- Imports and exports (src/exchange). The tenant is the transaction's: current_vendor().

-- name: exchange_import_add :one
-- $1 name, $2 path, $3 bytes, $4 hash, $5 plan, $6 language, $7 who or NULL, $8 the import whose refused rows it takes, or NULL,
-- $9 fixed values, $10 stop on errors, $11 lenient.
INSERT INTO import (vendor_id, name, path, bytes, hash, plan, language, added_by, retry_of, fixed, stop_on_errors, lenient)
VALUES (current_vendor(), $1, $2, $3, $4, $5::json, $6, $7::bigint, $8::bigint, $9::json, $10, $11) RETURNING id;

-- name: exchange_import_one :maybe
-- $1 import.
SELECT i.id, i.vendor_id, i.name, i.path, i.bytes, i.plan::text, i.fixed::text, i.stop_on_errors, i.lenient, i.language, coalesce(i.retry_of, 0), i.state,
       i.checked::text, i.failure, i.through, i.created, i.changed, i.unchanged, i.refused, i.warnings, i.images, i.done_bytes, i.of_bytes,
       i.errors_path, i.added_at, i.started_at, i.moved_at, i.ended_at, coalesce(a.email, '')
  FROM import i LEFT JOIN account a ON a.id = i.added_by
 WHERE i.vendor_id = (SELECT current_vendor()) AND i.id = $1;

-- name: exchange_imports :many
-- $1 id behind which the page begins (0: the newest), $2 how many. As above, without plan and fixed values.
SELECT i.id, i.vendor_id, i.name, i.path, i.bytes, '', '', i.stop_on_errors, i.lenient, i.language, coalesce(i.retry_of, 0), i.state,
       i.checked::text, i.failure, i.through, i.created, i.changed, i.unchanged, i.refused, i.warnings, i.images, i.done_bytes, i.of_bytes,
       i.errors_path, i.added_at, i.started_at, i.moved_at, i.ended_at, coalesce(a.email, '')
  FROM import i LEFT JOIN account a ON a.id = i.added_by
 WHERE i.vendor_id = (SELECT current_vendor()) AND ($1::bigint = 0 OR i.id < $1)
 ORDER BY i.id DESC
 LIMIT $2;

-- name: exchange_import_choose :exec
-- $1 import, $2 plan or NULL, $3 fixed values or NULL, $4 stop on errors or NULL, $5 lenient or NULL. Checked no more, unless only $4 is chosen.
UPDATE import SET plan = coalesce($2::json, plan), fixed = coalesce($3::json, fixed), stop_on_errors = coalesce($4::boolean, stop_on_errors),
       lenient = coalesce($5::boolean, lenient),
       state = CASE WHEN $2::json IS NULL AND $3::json IS NULL AND $5::boolean IS NULL THEN state ELSE 'uploaded' END,
       checked = CASE WHEN $2::json IS NULL AND $3::json IS NULL AND $5::boolean IS NULL THEN checked END
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1 AND state IN ('uploaded', 'checked', 'failed', 'cancelled');

-- name: exchange_import_begin :maybe
-- $1 import, $2 state it is to be in, $3 states it may be in now, $4 language. The counters and what the last pass found are gone.
WITH begun AS (
    UPDATE import SET state = $2::import_state, language = $4, failure = NULL, through = 0, created = 0, changed = 0, unchanged = 0, refused = 0,
           warnings = 0, images = 0, done_bytes = 0, of_bytes = bytes, errors_path = NULL, started_at = now(), moved_at = now(), ended_at = NULL,
           checked = CASE $2 WHEN 'checking' THEN NULL ELSE checked END
     WHERE vendor_id = (SELECT current_vendor()) AND id = $1 AND state = ANY ($3::text[]::import_state[]) AND path IS NOT NULL
    RETURNING vendor_id, id
), findings AS (
    DELETE FROM import_finding f USING begun b WHERE f.vendor_id = b.vendor_id AND f.import_id = b.id
), refused AS (
    DELETE FROM import_refused r USING begun b WHERE r.vendor_id = b.vendor_id AND r.import_id = b.id
), changes AS (
    DELETE FROM import_change c USING begun b WHERE c.vendor_id = b.vendor_id AND c.import_id = b.id AND $2 = 'checking'
)
SELECT id FROM begun;

-- name: exchange_import_cancel :exec
-- $1 import.
UPDATE import SET state = 'cancelling' WHERE vendor_id = (SELECT current_vendor()) AND id = $1 AND state IN ('checking', 'running');

-- name: exchange_import_hold :maybe
-- $1 import, $2 how many products are through. Locks it for a chunk; no row when somebody else went on with it meanwhile. State, and how
-- many more products its shop may have (NULL: any number) beyond those that a check found to create. An import fills tables of which the
-- statistics still say that they are empty, and goes on with plans made then: until its transaction ends, plans are made anew and
-- go by keys, those of foreign keys too.
SELECT i.state, CASE WHEN l.products IS NOT NULL THEN greatest(0, l.products - c.products - CASE WHEN i.checked IS NULL THEN i.created ELSE 0 END) END,
       set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)
  FROM import i
  JOIN vendor_counter c ON c.vendor_id = i.vendor_id
  LEFT JOIN vendor_limit l ON l.vendor_id = i.vendor_id
 WHERE i.vendor_id = (SELECT current_vendor()) AND i.id = $1 AND i.through = $2
   FOR UPDATE OF i;

-- name: exchange_import_move :exec
-- $1 import, then by how much more: $2 through, $3 created, $4 changed, $5 unchanged, $6 refused, $7 warnings, $8 images; $9 bytes read, $10 of how many.
UPDATE import SET through = through + $2::bigint, created = created + $3::bigint, changed = changed + $4::bigint, unchanged = unchanged + $5::bigint, refused = refused + $6::bigint,
       warnings = warnings + $7::bigint, images = images + $8::bigint, done_bytes = $9, of_bytes = $10, moved_at = now()
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: exchange_import_end :exec
-- $1 import, $2 state, $3 code of the failure or NULL, $4 path of the file of errors or NULL. A check leaves its counts.
UPDATE import SET state = $2::import_state, failure = $3, errors_path = $4, ended_at = now(),
       checked = CASE WHEN $2 = 'checked' THEN json_build_object('through', through, 'created', created, 'changed', changed, 'unchanged', unchanged,
                                                                 'refused', refused, 'warnings', warnings, 'images', images) ELSE checked END
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: exchange_findings_add :exec
-- $1 import, then one of each: $2 line, $3 row, $4 column, $5 header, $6 code, $7 refuses, $8 value, $9 what the words name besides.
INSERT INTO import_finding (vendor_id, import_id, line, row_number, column_number, header, code, refuses, value, other)
SELECT current_vendor(), $1, f.line, f.row_number, f.column_number, f.header, f.code, f.refuses = 't', f.value, f.other
  FROM unnest($2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
    AS f (line, row_number, column_number, header, code, refuses, value, other);

-- name: exchange_refused_add :exec
-- $1 import, $2 rows.
INSERT INTO import_refused (vendor_id, import_id, row_number) SELECT current_vendor(), $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING;

-- name: exchange_changes_add :exec
-- $1 import, one of each: $2 number, $3 line, $4 SKU, $5 differences; $6 how many are kept.
INSERT INTO import_change (vendor_id, import_id, n, line, sku, differences)
SELECT current_vendor(), $1, c.n, c.line, c.sku, c.differences::json
  FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS c (n, line, sku, differences)
 ORDER BY c.n
 LIMIT greatest(0, $6::bigint - (SELECT count(*) FROM import_change k WHERE k.vendor_id = (SELECT current_vendor()) AND k.import_id = $1));

-- name: exchange_findings :many
-- $1 import, $2 code or NULL, $3 id behind which the page begins (0: the first), $4 how many.
SELECT id, line, row_number, column_number, header, code, refuses, value, other FROM import_finding
 WHERE vendor_id = (SELECT current_vendor()) AND import_id = $1 AND ($2::text IS NULL OR code = $2) AND id > $3
 ORDER BY id
 LIMIT $4;

-- name: exchange_finding_codes :many
-- $1 import.
SELECT code, refuses, count(*) FROM import_finding WHERE vendor_id = (SELECT current_vendor()) AND import_id = $1
 GROUP BY code, refuses ORDER BY refuses DESC, count(*) DESC, code;

-- name: exchange_changes :many
-- $1 import.
SELECT line, sku, differences::text FROM import_change WHERE vendor_id = (SELECT current_vendor()) AND import_id = $1 ORDER BY n;

-- name: exchange_refused :many
-- $1 import, $2 row behind which to begin, $3 how many rows. In the order of the file, each with what is wrong with it.
SELECT r.row_number, f.line, f.column_number, f.header, f.code, f.value, f.other
  FROM (SELECT row_number FROM import_refused
         WHERE vendor_id = (SELECT current_vendor()) AND import_id = $1 AND row_number > $2 ORDER BY row_number LIMIT $3) r
  LEFT JOIN import_finding f ON f.vendor_id = (SELECT current_vendor()) AND f.import_id = $1 AND f.row_number = r.row_number AND f.refuses
 ORDER BY r.row_number, f.id;

-- name: exchange_import_forget :many
-- $1 before when. Files of all shops that are kept no more: their paths, and no findings any longer. An import that is at work is not swept.
WITH old AS (
    SELECT vendor_id, id, path, errors_path FROM import
     WHERE path IS NOT NULL AND added_at < $1::timestamptz AND state NOT IN ('checking', 'running', 'cancelling')
     LIMIT 500 FOR UPDATE SKIP LOCKED
), forgotten AS (
    UPDATE import i SET path = NULL, errors_path = NULL FROM old o WHERE i.vendor_id = o.vendor_id AND i.id = o.id
), findings AS (
    DELETE FROM import_finding f USING old o WHERE f.vendor_id = o.vendor_id AND f.import_id = o.id
), refused AS (
    DELETE FROM import_refused r USING old o WHERE r.vendor_id = o.vendor_id AND r.import_id = o.id
), changes AS (
    DELETE FROM import_change c USING old o WHERE c.vendor_id = o.vendor_id AND c.import_id = o.id
)
SELECT path, errors_path FROM old;

-- name: exchange_by_slug :many
-- $1 slugs. The products that have these addresses, in whatever language.
SELECT DISTINCT t.slug, p.sku
  FROM product_text t JOIN product p ON p.vendor_id = t.vendor_id AND p.id = t.product_id
 WHERE t.vendor_id = (SELECT current_vendor()) AND t.slug = ANY ($1::text[]);

-- name: exchange_stock :many
-- One of each: $1 SKU, $2 warehouse (0: one that is not there yet). What lies there in no bin: which of them, pieces, how many are reserved.
SELECT a.n, s.on_hand, s.reserved
  FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS a (sku, warehouse, n)
  CROSS JOIN LATERAL (SELECT x.id FROM product_variant x WHERE x.vendor_id = (SELECT current_vendor()) AND x.sku_key = lower(a.sku) LIMIT 1) v
  JOIN stock s ON s.vendor_id = (SELECT current_vendor()) AND s.variant_id = v.id AND s.warehouse_id = a.warehouse AND s.bin = '';

-- name: exchange_shop :one
-- What files need to know of the shop.
SELECT currency, language, images_per_product FROM vendor WHERE id = (SELECT current_vendor());

-- name: exchange_import_lost :exec
-- $1 kinds of jobs that do passes. Imports whose job is gone: it was tried until it was given up.
UPDATE import i SET state = 'failed', failure = 'import.broken', ended_at = now()
 WHERE i.state IN ('checking', 'running', 'cancelling') AND i.moved_at < now() - interval '10 minutes'
   AND NOT EXISTS (SELECT FROM job j WHERE j.kind = ANY ($1::text[]) AND j.key = i.id::text AND j.state IN ('waiting', 'running'));

-- name: exchange_export_add :one
-- $1 format, $2 filter, $3 languages, $4 who or NULL.
INSERT INTO export (vendor_id, format, filter, languages, added_by) VALUES (current_vendor(), $1, $2::json, $3::text[], $4::bigint) RETURNING id;

-- name: exchange_export_one :maybe
-- $1 export.
SELECT e.id, e.format, e.filter::text, array_to_string(e.languages, ' '), e.state, e.failure, e.products, e.of_products, e.path, e.bytes,
       e.added_at, e.started_at, e.ended_at, coalesce(a.email, '')
  FROM export e LEFT JOIN account a ON a.id = e.added_by
 WHERE e.vendor_id = (SELECT current_vendor()) AND e.id = $1;

-- name: exchange_exports :many
-- $1 id behind which the page begins (0: the newest), $2 how many.
SELECT e.id, e.format, e.filter::text, array_to_string(e.languages, ' '), e.state, e.failure, e.products, e.of_products, e.path, e.bytes,
       e.added_at, e.started_at, e.ended_at, coalesce(a.email, '')
  FROM export e LEFT JOIN account a ON a.id = e.added_by
 WHERE e.vendor_id = (SELECT current_vendor()) AND ($1::bigint = 0 OR e.id < $1)
 ORDER BY e.id DESC
 LIMIT $2;

-- name: exchange_export_begin :exec
-- $1 export, $2 how many products it will have.
UPDATE export SET state = 'running', of_products = $2, products = 0, started_at = now() WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: exchange_export_move :exec
-- $1 export, $2 how many products are written.
UPDATE export SET products = $2 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: exchange_export_end :exec
-- $1 export, $2 path or NULL, $3 bytes, $4 code of the failure or NULL.
UPDATE export SET state = CASE WHEN $4::text IS NULL THEN 'done'::export_state ELSE 'failed' END, path = $2, bytes = $3, failure = $4, ended_at = now()
 WHERE vendor_id = (SELECT current_vendor()) AND id = $1;

-- name: exchange_export_forget :many
-- $1 before when. Exports of all shops that are kept no more: their paths.
UPDATE export SET path = NULL WHERE (vendor_id, id) IN (SELECT vendor_id, id FROM export WHERE path IS NOT NULL AND ended_at < $1::timestamptz LIMIT 500)
RETURNING (SELECT o.path FROM export o WHERE o.vendor_id = export.vendor_id AND o.id = export.id);

-- name: exchange_languages :one
-- The languages of the shop's texts, its own first, apart by blanks.
SELECT array_to_string(array_prepend(language, array_remove(languages, language)), ' ') FROM vendor WHERE id = (SELECT current_vendor());

-- name: exchange_out_layout :one
-- $1 text in title or SKU or NULL, $2 status or NULL, $3 category or NULL. How many products, the most options and images of one, and the
-- codes of warehouses, apart by blanks.
SELECT count(*), coalesce(max(cardinality(p.option_names)), 0),
       coalesce(max((SELECT count(*) FROM product_image i WHERE i.vendor_id = p.vendor_id AND i.product_id = p.id)
                  + (SELECT count(*) FROM image_address a WHERE a.vendor_id = p.vendor_id AND a.product_id = p.id AND a.state <> 'done')), 0),
       coalesce((SELECT string_agg(h.code, ' ' ORDER BY h.position, h.id) FROM warehouse h WHERE h.vendor_id = (SELECT current_vendor())), '')
  FROM product p
 WHERE p.vendor_id = (SELECT current_vendor())
   AND ($1::text IS NULL OR strpos(lower(p.sku), lower($1)) > 0 OR EXISTS
        (SELECT 1 FROM product_text t WHERE t.vendor_id = p.vendor_id AND t.product_id = p.id AND strpos(lower(t.title), lower($1)) > 0))
   AND ($2::text IS NULL OR p.status = $2::product_status)
   AND ($3::text IS NULL OR p.category = $3 OR starts_with(p.category, $3 || ' > '));

-- name: exchange_out_products :many
-- $1 to $3 as above, $4 id behind which to begin, $5 how many.
SELECT p.id, p.sku, coalesce(p.gtin, ''), p.mpn, p.brand, p.category, p.google_category, array_to_json(p.tags)::text, p.status,
       coalesce(p.tax_bp, -1), array_to_json(p.option_names)::text, p.condition
  FROM product p
 WHERE p.vendor_id = (SELECT current_vendor()) AND p.id > $4
   AND ($1::text IS NULL OR strpos(lower(p.sku), lower($1)) > 0 OR EXISTS
        (SELECT 1 FROM product_text t WHERE t.vendor_id = p.vendor_id AND t.product_id = p.id AND strpos(lower(t.title), lower($1)) > 0))
   AND ($2::text IS NULL OR p.status = $2::product_status)
   AND ($3::text IS NULL OR p.category = $3 OR starts_with(p.category, $3 || ' > '))
 ORDER BY p.id
 LIMIT $5;

-- name: exchange_out_texts :many
-- $1 products, $2 languages in the order of the file.
SELECT product_id, language, title, description, slug FROM product_text
 WHERE vendor_id = (SELECT current_vendor()) AND product_id = ANY ($1::bigint[]) AND language = ANY ($2::text[])
 ORDER BY product_id, array_position($2::text[], language);

-- name: exchange_out_variants :many
-- $1 products. What a variant has of its own, else what its product has.
SELECT v.product_id, v.id, v.sku, coalesce(v.gtin, CASE WHEN cardinality(p.option_names) = 0 THEN p.gtin END, ''), array_to_json(v.option_values)::text,
       coalesce(v.price_minor, p.price_minor), p.currency, coalesce(v.compare_at_minor, p.compare_at_minor, -1), coalesce(v.weight_g, p.weight_g, -1),
       v.tracked, v.backorder
  FROM product_variant v JOIN product p ON p.vendor_id = v.vendor_id AND p.id = v.product_id
 WHERE v.vendor_id = (SELECT current_vendor()) AND v.product_id = ANY ($1::bigint[])
 ORDER BY v.product_id, v.position, v.id;

-- name: exchange_out_stock :many
-- $1 products. Pieces of each variant in each warehouse, all bins together.
SELECT v.product_id, s.variant_id, w.code, sum(s.on_hand)::bigint
  FROM product_variant v
  JOIN stock s ON s.vendor_id = v.vendor_id AND s.variant_id = v.id
  JOIN warehouse w ON w.vendor_id = s.vendor_id AND w.id = s.warehouse_id
 WHERE v.vendor_id = (SELECT current_vendor()) AND v.product_id = ANY ($1::bigint[])
 GROUP BY v.product_id, v.position, s.variant_id, w.position, w.id, w.code
 ORDER BY v.product_id, v.position, s.variant_id, w.position, w.id;

-- name: exchange_out_images :many
-- $1 products, $2 our address. Where each picture came from, else where it is; those that are still to come too.
SELECT product_id, url, alt
  FROM (SELECT i.product_id, i.position, i.id, i.alt,
               coalesce((SELECT a.url FROM image_address a WHERE a.vendor_id = i.vendor_id AND a.product_id = i.product_id AND a.hash = i.hash ORDER BY a.id LIMIT 1),
                        $2 || image_url(i.hash, 'original.webp')) AS url
          FROM product_image i WHERE i.vendor_id = (SELECT current_vendor()) AND i.product_id = ANY ($1::bigint[])
         UNION ALL
        SELECT a.product_id, a.position, a.id, a.alt, a.url
          FROM image_address a WHERE a.vendor_id = (SELECT current_vendor()) AND a.product_id = ANY ($1::bigint[]) AND a.state <> 'done') pictures
 ORDER BY product_id, position, id;

-- name: exchange_vendor_named :maybe
-- $1 slug. For the operator at the terminal.
SELECT id FROM vendor WHERE slug = $1;

-- name: exchange_orders_there :many
-- One of each: $1 number of the old books, $2 state, $3 total. Which of them are there already, and whether they are the same.
SELECT g.n, o.total_minor = g.total AND o.state::text = g.state
  FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS g (number, state, total, n)
  JOIN orders o ON o.vendor_id = (SELECT current_vendor()) AND o.external = g.number;

-- name: exchange_measure :one
-- The server's figures of the tables that an import fills, where they are old.
SELECT tables_measured();

-- name: exchange_names :many
-- $1 what a file calls products. Each that is the SKU of none here, but was called so before, and its SKU.
SELECT w.name, p.sku
  FROM unnest($1::text[]) AS w (name)
  JOIN import_name n ON n.vendor_id = (SELECT current_vendor()) AND n.name_key = lower(w.name)
  JOIN product p ON p.vendor_id = n.vendor_id AND p.id = n.product_id
 WHERE NOT EXISTS (SELECT FROM product x WHERE x.vendor_id = (SELECT current_vendor()) AND x.sku_key = n.name_key)
   AND NOT EXISTS (SELECT FROM product_variant x WHERE x.vendor_id = (SELECT current_vendor()) AND x.sku_key = n.name_key);

-- name: exchange_names_keep :exec
-- One of each: $1 what a file calls a product, $2 its SKU here.
INSERT INTO import_name AS n (vendor_id, name_key, product_id)
SELECT DISTINCT ON (lower(w.name)) p.vendor_id, lower(w.name), p.id
  FROM unnest($1::text[], $2::text[]) AS w (name, sku)
  JOIN product p ON p.vendor_id = (SELECT current_vendor()) AND p.sku_key = lower(w.sku)
    ON CONFLICT (vendor_id, name_key) DO UPDATE SET product_id = EXCLUDED.product_id WHERE n.product_id <> EXCLUDED.product_id;
