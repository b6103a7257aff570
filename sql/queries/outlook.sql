-- Daily snapshots of the platform's figures (src/outlook). What is counted here is counted once a day.

-- name: outlook_business :many
-- Figures of the business, by name. Of what is limited, by tier: what subscriptions allow and what is used of it.
WITH held AS (
    SELECT e.tier, e.products, e.orders_per_month, e.variants, e.team_members, c.products AS has_products, c.variants AS has_variants,
           (SELECT count(*) FROM membership m WHERE m.vendor_id = e.vendor_id) AS has_members,
           coalesce((SELECT u.orders FROM usage_counter u WHERE u.vendor_id = e.vendor_id AND u.window_from = e.usage_from), 0) AS has_orders
      FROM entitlement e JOIN vendor_counter c ON c.vendor_id = e.vendor_id WHERE e.closed_from IS NULL
)
SELECT 'subscriptions.' || state, count(*)::double precision FROM subscription GROUP BY state
UNION ALL
SELECT 'mrr', coalesce(sum(CASE s.months WHEN 12 THEN i.unit * i.quantity / 12.0 ELSE i.unit * i.quantity END), 0)::double precision
  FROM subscription s JOIN subscription_item i ON i.vendor_id = s.vendor_id AND i.number = s.number WHERE s.state IN ('active', 'past_due')
UNION ALL
SELECT 'variants', coalesce(sum(variants), 0)::double precision FROM vendor_counter
UNION ALL
SELECT 'orders_30d', count(*)::double precision FROM orders WHERE placed_at > now() - interval '30 days'
UNION ALL
SELECT 'members', count(*)::double precision FROM membership
UNION ALL
SELECT 'mail_waiting', count(*)::double precision FROM mail WHERE state = 'waiting'
UNION ALL
SELECT 'tier.' || tier || '.shops', count(*)::double precision FROM held GROUP BY tier
UNION ALL
SELECT 'tier.' || h.tier || '.' || f.name, sum(f.value)::double precision
  FROM held h CROSS JOIN LATERAL (VALUES ('products.allowed', h.products), ('products.used', h.has_products),
                                         ('variants.allowed', h.variants), ('variants.used', h.has_variants),
                                         ('orders_per_month.allowed', h.orders_per_month), ('orders_per_month.used', h.has_orders),
                                         ('team_members.allowed', h.team_members), ('team_members.used', h.has_members)) AS f (name, value)
 WHERE f.value IS NOT NULL GROUP BY h.tier, f.name;

-- name: outlook_put :exec
-- $1 day, $2 figures, $3 values, $4 their most or nothing, as texts, $5 now. The day's, or the day's once more.
INSERT INTO capacity_snapshot AS s (day, figure, value, most, taken_at)
SELECT $1::date, f.name, f.value::double precision, nullif(f.most, '')::double precision, $5
  FROM unnest($2::text[], $3::text[], $4::text[]) AS f (name, value, most)
    ON CONFLICT (figure, day) DO UPDATE SET value = EXCLUDED.value, most = EXCLUDED.most, taken_at = EXCLUDED.taken_at;

-- name: outlook_days :many
-- $1 from, $2 to. The days that have a snapshot, the newest first, and when it was taken.
SELECT day, max(taken_at) FROM capacity_snapshot WHERE day BETWEEN $1::date AND $2::date GROUP BY day ORDER BY day DESC;

-- name: outlook_figures :many
-- $1 from. The figures that there are since then, each with its first and its last value, and how many days it has.
SELECT figure, (array_agg(value ORDER BY day))[1], (array_agg(value ORDER BY day DESC))[1], count(*), min(day), max(day)
  FROM capacity_snapshot WHERE day >= $1::date GROUP BY figure ORDER BY figure COLLATE "C";

-- name: outlook_tiers :many
-- Of the newest snapshot: what each tier's shops may and do use. Figures "tier.<code>.<limit>.allowed", ".used" and "tier.<code>.shops".
SELECT figure, value FROM capacity_snapshot
 WHERE day = (SELECT max(day) FROM capacity_snapshot) AND figure LIKE 'tier.%' ORDER BY figure COLLATE "C";
