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

-- ---- Images from addresses ----

-- name: images_want :exec
-- $1 vendor; columns: $2 products, $3 addresses, $4 hosts, $5 positions, $6 alts, $7 why it is none or NULL; $8 our own
-- address. What is known is as it is, unless it had failed; a picture that the product has is not fetched from us. Products that are not the
-- shop's are left out.
INSERT INTO image_address AS a (vendor_id, product_id, url, host, position, alt, state, reason, ended_at)
SELECT DISTINCT ON (g.product_id, md5(g.url)) $1, g.product_id, g.url, g.host, g.position, g.alt,
       CASE WHEN g.reason IS NULL THEN 'waiting'::image_address_state ELSE 'failed' END, g.reason, CASE WHEN g.reason IS NOT NULL THEN now() END
  FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[]) WITH ORDINALITY
       AS g (product_id, url, host, position, alt, reason, nth)
  JOIN product p ON p.vendor_id = $1 AND p.id = g.product_id
 WHERE NOT (starts_with(g.url, $8) AND EXISTS (SELECT FROM product_image i WHERE i.vendor_id = $1 AND i.product_id = g.product_id AND $8 || image_url(i.hash, 'original.webp') = g.url))
 ORDER BY g.product_id, md5(g.url), g.nth
ON CONFLICT (vendor_id, product_id, md5(url)) DO UPDATE
   SET state = EXCLUDED.state, reason = EXCLUDED.reason, position = EXCLUDED.position, alt = EXCLUDED.alt, tries = 0, due_at = now(),
       ended_at = EXCLUDED.ended_at
 WHERE a.state = 'failed';

-- name: images_want_new :many
-- $1 vendor, $2 products (0: not there yet), $3 addresses, $4 our own address. Of each whether it is new, in their order.
SELECT NOT EXISTS (SELECT FROM image_address a WHERE a.vendor_id = $1 AND a.product_id = g.product_id AND md5(a.url) = md5(g.url))
       AND NOT (starts_with(g.url, $4) AND EXISTS (SELECT FROM product_image i WHERE i.vendor_id = $1 AND i.product_id = g.product_id AND $4 || image_url(i.hash, 'original.webp') = g.url))
  FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS g (product_id, url, nth) ORDER BY g.nth;

-- name: images_wanted_count :one
-- $1 vendor, $2 product or NULL for all. Waiting (on their way too), done, failed.
SELECT count(*) FILTER (WHERE state IN ('waiting', 'fetching')), count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'failed')
  FROM image_address WHERE vendor_id = $1 AND ($2::bigint IS NULL OR product_id = $2);

-- name: images_wanted_of :many
-- $1 vendor, $2 product, $3 how many. Those that failed first.
SELECT id, url, position, alt, state::text, reason, tries, due_at
  FROM image_address WHERE vendor_id = $1 AND product_id = $2 ORDER BY state <> 'failed', position, id LIMIT $3;

-- name: images_want_again :exec
-- $1 vendor, $2 product or NULL for all.
UPDATE image_address SET state = 'waiting', due_at = now(), tries = 0, ended_at = NULL
 WHERE vendor_id = $1 AND ($2::bigint IS NULL OR product_id = $2) AND state = 'failed' AND host <> '';

-- name: images_fetch_reclaim :exec
-- What a job had in hand that died.
UPDATE image_address SET state = 'waiting', lease_until = NULL WHERE state = 'fetching' AND lease_until < now();

-- name: images_claim_lock :many
-- Those who fetch claim in turns, so that each sees what the others have in hand.
SELECT pg_advisory_xact_lock(hashtextextended('images_fetch', 0));

-- name: images_claim :many
-- $1 how many at most, $2 how many of one host at once. The oldest that are due of each host, ours for three minutes. Hosts with something waiting
-- are found by skipping along the index.
WITH RECURSIVE lane AS (
    (SELECT host FROM image_address WHERE state = 'waiting' ORDER BY host LIMIT 1)
    UNION ALL
    SELECT n.host
      FROM lane l CROSS JOIN LATERAL (SELECT a.host FROM image_address a WHERE a.state = 'waiting' AND a.host > l.host ORDER BY a.host LIMIT 1) n
), free AS (
    SELECT l.host, $2::bigint - (SELECT count(*) FROM image_address f WHERE f.state = 'fetching' AND f.host = l.host) AS places FROM lane l
), due AS (
    SELECT d.vendor_id, d.id
      FROM free
     CROSS JOIN LATERAL (SELECT a.vendor_id, a.id, a.due_at FROM image_address a
                          WHERE a.state = 'waiting' AND a.host = free.host AND a.due_at <= now()
                          ORDER BY a.due_at, a.id
                          LIMIT greatest(free.places, 0)
                            FOR UPDATE SKIP LOCKED) d
     ORDER BY d.due_at, d.id
     LIMIT $1
)
UPDATE image_address a SET state = 'fetching', tries = tries + 1, lease_until = now() + interval '3 minutes'
  FROM due WHERE a.vendor_id = due.vendor_id AND a.id = due.id
RETURNING a.vendor_id, a.id, a.product_id, a.url, a.position, a.alt, a.tries;

-- name: images_fetched :exec
-- $1 vendor, $2 address, $3 tries, $4 what it became. No row when it is no longer ours.
UPDATE image_address SET state = 'done', hash = $4, reason = NULL, ended_at = now(), lease_until = NULL
 WHERE vendor_id = $1 AND id = $2 AND tries = $3 AND state = 'fetching';

-- name: images_not_fetched :exec
-- $1 vendor, $2 address, $3 tries, $4 why, $5 seconds to wait; NULL: it has failed.
UPDATE image_address SET state = CASE WHEN $5::bigint IS NULL THEN 'failed'::image_address_state ELSE 'waiting' END, reason = $4,
                         due_at = now() + make_interval(secs => coalesce($5::bigint, 0)), ended_at = CASE WHEN $5::bigint IS NULL THEN now() END,
                         lease_until = NULL
 WHERE vendor_id = $1 AND id = $2 AND tries = $3 AND state = 'fetching';

-- name: images_place_fetched :exec
-- $1 vendor, $2 image, $3 place, $4 alt. One that was there before keeps the alt that somebody gave it.
UPDATE product_image SET position = $3, alt = CASE WHEN alt = '' THEN $4 ELSE alt END WHERE vendor_id = $1 AND id = $2;

-- name: images_fetch_due :one
SELECT EXISTS (SELECT FROM image_address WHERE state = 'waiting' AND due_at <= now());
