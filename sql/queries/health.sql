-- What the health page shows (src/health). Nothing here counts a large table.

-- name: health_platform :one
-- Growth and sizes, out of the counters that writes keep.
SELECT (SELECT count(*) FROM vendor WHERE state = 'active'),
       (SELECT count(*) FROM vendor WHERE created_at >= date_trunc('month', now())),
       (SELECT count(*) FROM vendor WHERE state = 'closed'),
       coalesce(sum(c.products), 0)::bigint, coalesce(sum(c.images), 0)::bigint, (SELECT coalesce(sum(orders), 0)::bigint FROM order_counter),
       pg_database_size(current_database()),
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::bigint
  FROM vendor_counter c;

-- name: health_host :maybe
-- The newest sample of the host.
SELECT taken_at, (body->>'cpu_percent')::double precision, (body->>'memory_used')::bigint, (body->>'memory_total')::bigint,
       (body->>'disk_used')::bigint, (body->>'disk_total')::bigint,
       (body->>'cpu_busy')::bigint, (body->>'cpu_all')::bigint
  FROM report WHERE name = 'host';

-- name: health_storage :maybe
-- The newest count of the image store.
SELECT taken_at, (body->>'bytes')::bigint FROM report WHERE name = 'images';
