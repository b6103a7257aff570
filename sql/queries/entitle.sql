-- What is sold and what a subscription lets one do (src/entitle).

-- name: entitle_offers :many
-- $1 now. Tiers by rank, then add-ons; terms and prices as they are then.
SELECT o.code, o.name, o.rank, m.amount, y.amount, t.products, t.images_per_product, t.orders_per_month, t.variants, t.team_members,
       t.api_requests_per_day, coalesce(array_to_string(t.features, ' '), ''), coalesce(o.retired_at <= $1, false), o.version
  FROM offer o
  LEFT JOIN LATERAL (SELECT * FROM offer_terms x WHERE x.code = o.code AND x.valid_from <= $1 ORDER BY x.valid_from DESC LIMIT 1) t ON true
  LEFT JOIN LATERAL (SELECT * FROM offer_price x WHERE x.code = o.code AND x.months = 1 AND x.valid_from <= $1 ORDER BY x.valid_from DESC LIMIT 1) m ON true
  LEFT JOIN LATERAL (SELECT * FROM offer_price x WHERE x.code = o.code AND x.months = 12 AND x.valid_from <= $1 ORDER BY x.valid_from DESC LIMIT 1) y ON true
 ORDER BY o.rank NULLS LAST, o.code COLLATE "C";

-- name: entitle_write :exec
-- $1 vendor, $2 tier, $3 products, $4 images per product, $5 orders per month, $6 variants, $7 team members, $8 API requests per day, $9 features,
-- $10 stage, $11 the usage window's start and $12 end, $13 closed from then on. NULL: without limit. Images, members and requests are limited by
-- columns of their own.
WITH written AS (
    INSERT INTO entitlement AS e (vendor_id, tier, products, images_per_product, orders_per_month, variants, team_members,
                                  api_requests_per_day, features, stage, usage_from, usage_to, closed_from)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, string_to_array($9, ' '), $10, $11, $12, $13)
        ON CONFLICT (vendor_id) DO UPDATE
       SET tier = EXCLUDED.tier, products = EXCLUDED.products, images_per_product = EXCLUDED.images_per_product,
           orders_per_month = EXCLUDED.orders_per_month, variants = EXCLUDED.variants, team_members = EXCLUDED.team_members,
           api_requests_per_day = EXCLUDED.api_requests_per_day, features = EXCLUDED.features, stage = EXCLUDED.stage,
           usage_from = EXCLUDED.usage_from, usage_to = EXCLUDED.usage_to, closed_from = EXCLUDED.closed_from
), asked AS (
    INSERT INTO vendor_limit AS l (vendor_id, api_per_day, products) VALUES ($1, greatest($8::bigint, 1), $3)
        ON CONFLICT (vendor_id) DO UPDATE SET api_per_day = EXCLUDED.api_per_day, products = EXCLUDED.products
     WHERE (l.api_per_day, l.products) IS DISTINCT FROM (EXCLUDED.api_per_day, EXCLUDED.products)
)
UPDATE vendor v SET images_per_product = coalesce(greatest(least($4::bigint, 100), 1), 100), team_limit = greatest($7::bigint, 1)
 WHERE v.id = $1
   AND (v.images_per_product, v.team_limit) IS DISTINCT FROM (coalesce(greatest(least($4::bigint, 100), 1), 100)::integer, greatest($7::bigint, 1)::integer);

-- name: entitle_usage :one
-- $1 vendor, $2 start and $3 end of the usage window. What is used of each limit; the tier and its limits, NULL: none; and how many products came
-- in the last 28 days.
SELECT c.products,
       coalesce((SELECT max(i.position) FROM product_image i WHERE i.vendor_id = $1), 0),
       (SELECT count(*) FROM orders o WHERE o.vendor_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3),
       c.variants,
       (SELECT count(*) FROM membership m WHERE m.vendor_id = $1),
       coalesce((SELECT d.used FROM api_day d WHERE d.for_vendor = $1 AND d.day = (now() AT TIME ZONE 'UTC')::date), 0),
       e.tier, e.products, e.images_per_product, e.orders_per_month, e.variants, e.team_members, e.api_requests_per_day,
       (SELECT count(*) FROM product p WHERE p.vendor_id = $1 AND p.created_at > now() - interval '28 days')
  FROM vendor_counter c LEFT JOIN entitlement e ON e.vendor_id = c.vendor_id WHERE c.vendor_id = $1;

-- name: entitle_close_windows :one
-- Windows that are over get their final figure, which stays; how many.
WITH over AS (
    UPDATE usage_counter u SET closed_at = now(), orders = greatest(u.orders, 0)
      FROM entitlement e
     WHERE e.vendor_id = u.vendor_id AND u.closed_at IS NULL AND u.window_from < e.usage_from
    RETURNING 1
), opened AS (
    INSERT INTO usage_counter (vendor_id, window_from)
    SELECT e.vendor_id, e.usage_from FROM entitlement e WHERE e.closed_from IS NULL
        ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM over), (SELECT count(*) FROM opened);
