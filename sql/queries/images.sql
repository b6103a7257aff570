-- Images: files by content, and the products that show them (src/images).

-- name: images_of_product :many
-- $1 product, of the transaction's tenant.
SELECT i.id, i.hash, i.position, i.alt, f.bytes IS NULL AS pending,
       f.width, f.height, coalesce(f.bytes, 0), f.width_800, f.height_800, f.bytes_800, f.width_200, f.height_200, f.bytes_200
  FROM product_image i JOIN image_file f ON f.hash = i.hash
 WHERE i.vendor_id = (SELECT current_vendor()) AND i.product_id = $1
 ORDER BY i.position, i.id;

-- name: images_room :maybe
-- $1 vendor, $2 product. How many images it has and may have.
SELECT (SELECT count(*) FROM product_image i WHERE i.vendor_id = p.vendor_id AND i.product_id = p.id), v.images_per_product
  FROM product p JOIN vendor v ON v.id = p.vendor_id
 WHERE p.vendor_id = $1 AND p.id = $2;

-- name: images_touch_product :exec
-- $1 vendor, $2 product. Locks it too: two uploads to one product take turns.
UPDATE product SET version = version + 1, updated_at = now() WHERE vendor_id = $1 AND id = $2;

-- name: images_lock_content :many
-- $1 hash. Uploads and the sweep of one content take turns until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 20));

-- name: images_file :maybe
-- $1 hash.
SELECT bytes IS NULL, width, height, coalesce(bytes, 0), width_800, height_800, bytes_800, width_200, height_200, bytes_200
  FROM image_file WHERE hash = $1;

-- name: images_add_file :exec
-- $1 hash, $2 upload bytes, $3-$4 original, $5-$6 and $7-$8 sides of 800 and 200, $9 bytes of the original or NULL, $10-$11 bytes of 800 and 200.
INSERT INTO image_file (hash, upload_bytes, width, height, width_800, height_800, width_200, height_200, bytes, bytes_800, bytes_200)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (hash) DO NOTHING;

-- name: images_attach :one
-- $1 vendor, $2 product, $3 hash. Behind the others; the one that is there when the product has it already.
WITH added AS (
    INSERT INTO product_image (vendor_id, product_id, hash, position)
    VALUES ($1, $2, $3, (SELECT coalesce(max(position), 0) + 1 FROM product_image WHERE vendor_id = $1 AND product_id = $2))
    ON CONFLICT ON CONSTRAINT product_image_once DO NOTHING
    RETURNING id, position, alt
)
SELECT id, position, alt, true AS is_new FROM added
UNION ALL
SELECT id, position, alt, false FROM product_image WHERE vendor_id = $1 AND product_id = $2 AND hash = $3
 LIMIT 1;

-- name: images_remove :exec
-- $1 vendor, $2 product, $3 image.
DELETE FROM product_image WHERE vendor_id = $1 AND product_id = $2 AND id = $3;

-- name: images_move :exec
-- $1 vendor, $2 product, $3 image, $4 place. Numbers all images anew, this one at its place.
WITH others AS (
    SELECT id, row_number() OVER (ORDER BY position, id) AS n
      FROM product_image WHERE vendor_id = $1 AND product_id = $2 AND id <> $3
), placed AS (
    SELECT id, CASE WHEN n >= $4::bigint THEN n + 1 ELSE n END AS place FROM others
    UNION ALL
    SELECT $3::bigint, least($4::bigint, (SELECT count(*) + 1 FROM others))
)
UPDATE product_image i SET position = p.place
  FROM placed p
 WHERE i.vendor_id = $1 AND i.product_id = $2 AND i.id = p.id AND EXISTS
       (SELECT 1 FROM product_image x WHERE x.vendor_id = $1 AND x.product_id = $2 AND x.id = $3);

-- name: images_finish_file :exec
-- $1 hash, $2 bytes of the original. The row may be gone, then nothing happens.
UPDATE image_file SET bytes = $2 WHERE hash = $1;

-- name: images_unused :many
-- Contents without a reference for a day: their time is over.
SELECT hash FROM image_file WHERE refs = 0 AND unused_since < now() - interval '1 day' ORDER BY unused_since LIMIT 200;

-- name: images_free :exec
-- $1 hash. No row when it is in use again.
DELETE FROM image_file WHERE hash = $1 AND refs = 0;

-- name: images_unknown :many
-- $1 hashes in hex. Those that no row knows.
SELECT h FROM unnest($1::text[]) AS h WHERE NOT EXISTS (SELECT 1 FROM image_file WHERE hash = decode(h, 'hex'));

-- name: images_totals :one
-- Sums over all contents.
SELECT count(*), count(*) FILTER (WHERE bytes IS NULL), coalesce(sum(bytes), 0)::bigint, coalesce(sum(bytes_800), 0)::bigint, coalesce(sum(bytes_200), 0)::bigint,
       coalesce(sum(upload_bytes), 0)::bigint, count(*) FILTER (WHERE refs = 0)
  FROM image_file;

-- name: images_by_vendor :many
-- The largest first. A content that two shops show counts for both.
SELECT v.id, v.slug, v.name, count(*), coalesce(sum(coalesce(f.bytes, 0) + f.bytes_800 + f.bytes_200), 0)::bigint AS bytes
  FROM product_image i JOIN image_file f ON f.hash = i.hash JOIN vendor v ON v.id = i.vendor_id
 GROUP BY v.id, v.slug, v.name
 ORDER BY bytes DESC, v.id
 LIMIT 50;

-- ---- Renditions for feeds ----

-- name: images_feed_missing :many
-- $1 vendor, $2 of active products only, $3 how many. Contents that a feed will want, first images before others.
SELECT i.hash
  FROM product_image i JOIN image_file f ON f.hash = i.hash JOIN product p ON p.vendor_id = i.vendor_id AND p.id = i.product_id
 WHERE i.vendor_id = $1 AND f.feed_bytes IS NULL AND f.feed_refused IS NULL AND (p.active OR NOT $2::boolean)
 GROUP BY i.hash
 ORDER BY min(i.position), i.hash
 LIMIT $3;

-- name: images_feed_wanted :maybe
-- $1 hash.
SELECT true FROM image_file WHERE hash = $1 AND feed_bytes IS NULL AND feed_refused IS NULL;

-- name: images_finish_feed :exec
-- $1 hash, $2 bytes, $3-$4 sides. The row may be gone, then nothing happens.
UPDATE image_file SET feed_bytes = $2, feed_width = $3, feed_height = $4, feed_refused = NULL WHERE hash = $1;

-- name: images_refuse_feed :exec
-- $1 hash, $2 why.
UPDATE image_file SET feed_refused = $2 WHERE hash = $1 AND feed_bytes IS NULL;
