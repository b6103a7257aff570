-- A shop's first page (src/home). The tenant is the transaction's: current_vendor().

-- name: home_shop :one
-- What the shop has done so far, and what needs somebody: at most 100 variants that are out are counted.
SELECT v.name, v.slug, v.todo_dismissed_at IS NOT NULL, c.products, c.images,
       EXISTS (SELECT FROM product p WHERE p.vendor_id = v.id AND p.active),
       (SELECT count(*) FROM membership m WHERE m.vendor_id = v.id) > 1 OR EXISTS (SELECT FROM invitation i WHERE i.vendor_id = v.id),
       EXISTS (SELECT FROM order_terms o WHERE o.vendor_id = v.id AND o.pay_by <> ''),
       EXISTS (SELECT FROM stock s WHERE s.vendor_id = v.id),
       (SELECT count(*) FROM (SELECT FROM stock s WHERE s.vendor_id = v.id AND s.level = 2
           AND NOT EXISTS (SELECT FROM stock o WHERE o.vendor_id = s.vendor_id AND o.variant_id = s.variant_id AND o.level < 2) LIMIT 100) gone)
  FROM vendor v JOIN vendor_counter c ON c.vendor_id = v.id
 WHERE v.id = (SELECT current_vendor());

-- name: home_sales :one
-- Orders and their sums without what was cancelled or given back: today, this week, last week up to the same moment, and all of last week. Weeks begin on Monday, days in UTC.
SELECT count(*) FILTER (WHERE o.placed_at >= t.today), coalesce(sum(o.total_minor) FILTER (WHERE o.placed_at >= t.today), 0)::bigint, v.currency,
       count(*) FILTER (WHERE o.placed_at >= t.week), coalesce(sum(o.total_minor) FILTER (WHERE o.placed_at >= t.week), 0)::bigint, v.currency,
       count(*) FILTER (WHERE o.placed_at < now() - interval '7 days'), coalesce(sum(o.total_minor) FILTER (WHERE o.placed_at < now() - interval '7 days'), 0)::bigint, v.currency,
       count(*) FILTER (WHERE o.placed_at < t.week), coalesce(sum(o.total_minor) FILTER (WHERE o.placed_at < t.week), 0)::bigint, v.currency
  FROM vendor v
  CROSS JOIN (SELECT date_trunc('day', now(), 'UTC') AS today, date_trunc('week', now(), 'UTC') AS week) t
  LEFT JOIN orders o ON o.vendor_id = v.id AND o.placed_at >= t.week - interval '7 days' AND o.placed_at <= now() AND o.state NOT IN ('cancelled', 'refunded')
 WHERE v.id = (SELECT current_vendor())
 GROUP BY v.currency;

-- name: home_waiting :one
-- Orders that wait for money, and for being sent.
SELECT pending, paid, orders FROM order_counter WHERE vendor_id = (SELECT current_vendor());

-- name: home_feeds :many
SELECT language, channel::text, rows, rejected, changed_at, held_at IS NOT NULL FROM feed WHERE vendor_id = (SELECT current_vendor()) ORDER BY channel, language;

-- name: home_import :maybe
-- The newest import that ended badly, while no newer one went well.
SELECT id, name, state::text, refused, coalesce(ended_at, moved_at, added_at) FROM import i
 WHERE vendor_id = (SELECT current_vendor()) AND id = (SELECT max(id) FROM import n WHERE n.vendor_id = (SELECT current_vendor()) AND n.state IN ('done', 'failed'))
   AND (state = 'failed' OR refused > 0) AND coalesce(ended_at, added_at) > now() - interval '7 days';

-- name: home_dismiss :exec
UPDATE vendor SET todo_dismissed_at = now() WHERE id = (SELECT current_vendor()) AND todo_dismissed_at IS NULL;
