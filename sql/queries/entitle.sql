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
-- $1 what vendors may do from now on, as JSON, $2 now. A limit that is missing: none. Images, members and requests are limited by columns of their
-- own. A team that is too large is so from the day on when its limit went down.
WITH r AS MATERIALIZED (
    SELECT *, CASE WHEN api_requests_per_day < 1 THEN 1 ELSE api_requests_per_day END AS api_per_day,
           coalesce(greatest(least(images_per_product, 100), 1), 100)::integer AS images, (CASE WHEN team_members < 1 THEN 1 ELSE team_members END)::integer AS team
      FROM jsonb_to_recordset($1::jsonb) AS r (vendor bigint, tier text, products bigint, images_per_product bigint, orders_per_month bigint,
           variants bigint, team_members bigint, api_requests_per_day bigint, features text[], stage text, usage_from bigint, usage_to bigint,
           closed_from bigint)
), written AS (
    INSERT INTO entitlement AS e (vendor_id, tier, products, images_per_product, orders_per_month, variants, team_members,
                                  api_requests_per_day, features, stage, usage_from, usage_to, closed_from, crowded_from)
    SELECT r.vendor, r.tier, r.products, r.images_per_product, r.orders_per_month, r.variants, r.team_members, r.api_requests_per_day, r.features,
           r.stage, instant(r.usage_from), instant(r.usage_to), instant(r.closed_from),
           CASE WHEN (SELECT count(*) FROM membership m WHERE m.vendor_id = r.vendor) > CASE WHEN r.team_members IS NOT NULL THEN greatest(r.team_members, 1) END THEN $2::timestamptz END
      FROM r
        ON CONFLICT (vendor_id) DO UPDATE
       SET tier = EXCLUDED.tier, products = EXCLUDED.products, images_per_product = EXCLUDED.images_per_product,
           orders_per_month = EXCLUDED.orders_per_month, variants = EXCLUDED.variants, team_members = EXCLUDED.team_members,
           api_requests_per_day = EXCLUDED.api_requests_per_day, features = EXCLUDED.features, stage = EXCLUDED.stage,
           usage_from = EXCLUDED.usage_from, usage_to = EXCLUDED.usage_to, closed_from = EXCLUDED.closed_from,
           crowded_from = CASE WHEN EXCLUDED.crowded_from IS NOT NULL AND e.team_members <= EXCLUDED.team_members
                               THEN coalesce(e.crowded_from, EXCLUDED.crowded_from) ELSE EXCLUDED.crowded_from END
), asked AS (
    INSERT INTO vendor_limit AS l (vendor_id, api_per_day, products) SELECT r.vendor, r.api_per_day, r.products FROM r
        ON CONFLICT (vendor_id) DO UPDATE SET api_per_day = EXCLUDED.api_per_day, products = EXCLUDED.products
     WHERE (l.api_per_day, l.products) IS DISTINCT FROM (EXCLUDED.api_per_day, EXCLUDED.products)
)
UPDATE vendor v SET images_per_product = r.images, team_limit = r.team FROM r
 WHERE v.id = r.vendor AND (v.images_per_product, v.team_limit) IS DISTINCT FROM (r.images, r.team);

-- name: entitle_usage :one
-- $1 vendor, $2 start and $3 end of the usage window; both the same: the one that counts now. What is used of each limit; the tier and its limits,
-- NULL: none; how many products came in the last 28 days, and how many whole days there is a shop.
SELECT c.products,
       coalesce((SELECT max(i.position) FROM product_image i WHERE i.vendor_id = $1), 0),
       (SELECT count(*) FROM orders o WHERE o.vendor_id = $1
           AND o.placed_at >= CASE WHEN $2::timestamptz < $3::timestamptz THEN $2 ELSE e.usage_from END
           AND o.placed_at < CASE WHEN $2 < $3 THEN $3 ELSE e.usage_to END),
       c.variants,
       (SELECT count(*) FROM membership m WHERE m.vendor_id = $1),
       coalesce((SELECT d.used FROM api_day d WHERE d.for_vendor = $1 AND d.day = (now() AT TIME ZONE 'UTC')::date), 0),
       e.tier, e.products, e.images_per_product, e.orders_per_month, e.variants, e.team_members, e.api_requests_per_day,
       (SELECT count(*) FROM product p WHERE p.vendor_id = $1 AND p.created_at > now() - interval '28 days'),
       extract(day FROM now() - v.created_at)::bigint
  FROM vendor_counter c JOIN vendor v ON v.id = c.vendor_id LEFT JOIN entitlement e ON e.vendor_id = c.vendor_id WHERE c.vendor_id = $1;

-- name: entitle_newest :many
-- $1 vendor, $2 language, $3 how many. The newest of what limits count, each limit's together; never an owner, whom no limit is about.
(SELECT 'products', p.id, coalesce(t.title, p.sku), coalesce(t.language, '') FROM product p
   LEFT JOIN LATERAL (SELECT title, language FROM product_text x WHERE x.vendor_id = p.vendor_id AND x.product_id = p.id
                       ORDER BY x.language = $2 DESC, x.language LIMIT 1) t ON true
  WHERE p.vendor_id = $1 ORDER BY p.id DESC LIMIT $3::bigint)
UNION ALL
(SELECT 'variants', v.product_id, v.sku, '' FROM product_variant v WHERE v.vendor_id = $1 ORDER BY v.id DESC LIMIT $3::bigint)
UNION ALL
(SELECT 'team_members', a.id, coalesce(nullif(a.name, ''), a.email), '' FROM membership m JOIN account a ON a.id = m.account_id
  WHERE m.vendor_id = $1 AND m.role <> 'owner' ORDER BY m.created_at DESC, m.account_id DESC LIMIT $3::bigint);

-- name: entitle_standing :maybe
-- $1 vendor, $2 somebody of its team, $3 now. Has its subscription ended; since when does it take no orders; and has that person no place in the
-- team any more, which 14 days after its limit went down is so for those who came last, and never for an owner?
SELECT e.stage = 'read_only', e.closed_from,
       coalesce($3::timestamptz >= e.crowded_from + interval '14 days' AND mine.role <> 'owner' AND
           (SELECT count(*) FROM membership m
             WHERE m.vendor_id = $1 AND (m.role = 'owner' OR (m.created_at, m.account_id) < (mine.created_at, mine.account_id)))
           >= CASE WHEN e.team_members IS NOT NULL THEN greatest(e.team_members, 1) END, false)
  FROM entitlement e LEFT JOIN membership mine ON mine.vendor_id = e.vendor_id AND mine.account_id = $2
 WHERE e.vendor_id = $1;

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

-- name: entitle_miscounted :many
-- Vendors whose counters, which limits go by, are not what there is.
SELECT c.vendor_id
  FROM vendor_counter c
  LEFT JOIN (SELECT vendor_id, count(*) AS n FROM product GROUP BY 1) p ON p.vendor_id = c.vendor_id
  LEFT JOIN (SELECT vendor_id, count(*) AS n FROM product_variant GROUP BY 1) v ON v.vendor_id = c.vendor_id
  LEFT JOIN (SELECT vendor_id, count(*) AS n FROM product_image GROUP BY 1) i ON i.vendor_id = c.vendor_id
 WHERE (c.products, c.variants, c.images) IS DISTINCT FROM (coalesce(p.n, 0), coalesce(v.n, 0), coalesce(i.n, 0))
 ORDER BY c.vendor_id LIMIT 100;

-- ---- The operator's ----

-- name: entitle_holders :many
-- How many live subscriptions hold each tier and add-on.
SELECT i.code, count(*) FROM subscription_item i JOIN subscription s ON s.vendor_id = i.vendor_id AND s.number = i.number
 WHERE s.state IN ('trial', 'active', 'past_due') AND i.quantity > 0 GROUP BY i.code;

-- name: entitle_adopt :exec
-- $1 the built-in table as JSON: it becomes the database's own, to be edited. Not when there is one.
WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (code text, name text, rank integer, month bigint, year bigint, products bigint,
           images_per_product bigint, orders_per_month bigint, variants bigint, team_members bigint, api_requests_per_day bigint, features text)
     WHERE NOT EXISTS (SELECT FROM offer)
), offers AS (
    INSERT INTO offer (code, kind, rank, name) SELECT code, CASE WHEN rank IS NULL THEN 'addon' ELSE 'tier' END, rank, name FROM given RETURNING code
), terms AS (
    INSERT INTO offer_terms (code, valid_from, products, images_per_product, orders_per_month, variants, team_members, api_requests_per_day, features)
    SELECT g.code, '-infinity', g.products, g.images_per_product, g.orders_per_month, g.variants, g.team_members, g.api_requests_per_day,
           string_to_array(g.features, ' ') FROM given g JOIN offers o ON o.code = g.code
)
INSERT INTO offer_price (code, months, valid_from, amount)
SELECT g.code, p.months, '-infinity', p.amount
  FROM given g JOIN offers o ON o.code = g.code CROSS JOIN LATERAL (VALUES (1, g.month), (12, g.year)) AS p (months, amount) WHERE p.amount IS NOT NULL;

-- name: entitle_lock :exec
-- Who edits tiers takes turns.
LOCK TABLE offer IN SHARE ROW EXCLUSIVE MODE;

-- name: entitle_save :exec
-- $1 code, $2 the tier or add-on as JSON, $3 now, $4 its version. Prices and terms count from now on; subscriptions keep the price they have.
WITH r AS (
    SELECT * FROM jsonb_to_record($2::jsonb) AS r (name text, month bigint, year bigint, products bigint, images_per_product bigint,
           orders_per_month bigint, variants bigint, team_members bigint, api_requests_per_day bigint, features text)
), saved AS (
    UPDATE offer o SET name = r.name, version = o.version + 1 FROM r WHERE o.code = $1 AND o.version = $4 RETURNING o.code
), terms AS (
    INSERT INTO offer_terms (code, valid_from, products, images_per_product, orders_per_month, variants, team_members, api_requests_per_day, features)
    SELECT saved.code, $3, r.products, r.images_per_product, r.orders_per_month, r.variants, r.team_members, r.api_requests_per_day,
           string_to_array(r.features, ' ') FROM saved, r
        ON CONFLICT (code, valid_from) DO NOTHING
)
INSERT INTO offer_price (code, months, valid_from, amount)
SELECT saved.code, p.months, $3, p.amount FROM saved, r CROSS JOIN LATERAL (VALUES (1, r.month), (12, r.year)) AS p (months, amount)
    ON CONFLICT (code, months, valid_from) DO NOTHING;

-- name: entitle_retire :exec
-- $1 code, $2 now, $3 retired or sold again.
UPDATE offer SET retired_at = CASE WHEN $3::boolean THEN $2::timestamptz END, version = version + 1 WHERE code = $1;

-- name: entitle_wake_holders :exec
-- $1 code, $2 now. Whoever holds it gets its limits worked out again by the next run.
UPDATE billing_account a SET wake_at = least(a.wake_at, $2)
  FROM subscription s JOIN subscription_item i ON i.vendor_id = s.vendor_id AND i.number = s.number
 WHERE s.vendor_id = a.vendor_id AND s.state IN ('trial', 'active', 'past_due') AND i.code = $1;
