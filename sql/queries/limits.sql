-- name: limits_version :one
-- Each change of a rule raises its version by one, so their sum differs after each commit.
SELECT coalesce(sum(version), 0)::bigint FROM rate_rule;

-- name: limits_rules :many
SELECT name, routes, requests, window_s, burst, percent_new, percent_verified, percent_premium,
       strict, enabled, dry_run, version, changed_at
  FROM rate_rule ORDER BY name;

-- name: limits_person :one
-- $1 user, $2 vendor (0: none), $3 the UTC day. Class and API requests a day (0: no limit) of who
-- logged in, and how many of them PostgreSQL was told of. New is whose address nobody has answered at.
SELECT CASE WHEN coalesce(l.premium, false) THEN 'premium' WHEN a.verified_at IS NULL THEN 'new' ELSE 'verified' END,
       coalesce(l.api_per_day, 0),
       coalesce((SELECT d.used FROM api_day d
                  WHERE d.for_vendor = $2::bigint AND d.day = ($3::timestamptz AT TIME ZONE 'UTC')::date), 0)
  FROM account a LEFT JOIN vendor_limit l ON l.vendor_id = $2::bigint
 WHERE a.id = $1::bigint;

-- name: limits_tell_host :exec
-- $1 host, $2 version of its rules, $3 its workers, $4 of them by those rules, $5 counts of the last
-- hour by rule.
INSERT INTO rate_host (host, told_at, version, workers, in_force, counts)
VALUES ($1, now(), $2::bigint, $3::bigint, $4::bigint, $5::jsonb)
    ON CONFLICT ON CONSTRAINT rate_host_pkey DO UPDATE
   SET told_at = excluded.told_at, version = excluded.version, workers = excluded.workers,
       in_force = excluded.in_force, counts = excluded.counts;

-- name: limits_tell_day :exec
-- $1 the UTC day, $2 vendors, $3 their API requests so far. The largest that anybody told stays.
INSERT INTO api_day (day, for_vendor, used)
SELECT ($1::timestamptz AT TIME ZONE 'UTC')::date, t.vendor, t.used
  FROM unnest($2::bigint[], $3::bigint[]) AS t (vendor, used)
 ORDER BY t.vendor
    ON CONFLICT ON CONSTRAINT api_day_pkey DO UPDATE
   SET used = greatest(api_day.used, excluded.used);

-- name: limits_last_change :maybe
-- $1 name. Who changed it last, and each field as it was before.
SELECT coalesce(a.email, ''), r.before->>'routes', r.before->>'requests', r.before->>'window_s', r.before->>'burst',
       r.before->>'percent_new', r.before->>'percent_verified', r.before->>'percent_premium',
       r.before->>'strict', r.before->>'enabled', r.before->>'dry_run'
  FROM rate_rule r LEFT JOIN account a ON a.id = r.changed_by
 WHERE r.name = $1;

-- name: limits_save :exec
-- $1 name, $2 the version that was seen, then the fields; $13 false: it is as delivered again.
UPDATE rate_rule r
   SET routes = $3, requests = $4::bigint, window_s = $5::bigint, burst = $6::bigint,
       percent_new = $7::integer, percent_verified = $8::integer, percent_premium = $9::integer,
       strict = $10::boolean, enabled = $11::boolean, dry_run = $12::boolean,
       version = version + 1, changed_at = CASE WHEN $13::boolean THEN now() END, changed_by = $14::bigint,
       before = to_jsonb(r) - 'before'
 WHERE name = $1 AND version = $2::bigint;

-- name: limits_other_hosts :one
-- $1 this host, $2 version. Workers of the others that told of themselves lately.
SELECT coalesce(sum(workers), 0)::bigint, coalesce(sum(in_force) FILTER (WHERE version = $2::bigint), 0)::bigint
  FROM rate_host WHERE host <> $1 AND told_at > now() - interval '150 s';

-- name: limits_other_counts :many
SELECT c.key, sum((c.value->>0)::bigint)::bigint, sum((c.value->>1)::bigint)::bigint, sum((c.value->>2)::bigint)::bigint
  FROM rate_host h, jsonb_each(h.counts) c
 WHERE h.host <> $1 AND h.told_at > now() - interval '150 s'
 GROUP BY c.key;
