-- The job runner's statements (src/queue).

-- name: queue_add :one
-- $1 kind, $2 key, $3 args (JSON), $4 vendor or NULL. True when it was added, false when one like it is waiting or running already.
WITH added AS (
    INSERT INTO job (kind, key, args, for_vendor) VALUES ($1, $2, $3::jsonb, $4::bigint)
    ON CONFLICT (kind, key) WHERE state IN ('waiting', 'running') DO NOTHING
    RETURNING id
), told AS (
    SELECT pg_notify('job', $1) FROM added
)
SELECT EXISTS (SELECT 1 FROM told);

-- name: queue_claim :maybe
-- $1 kinds this runner knows. The most pressing waiting job, or one whose runner stopped renewing its lease; now running, for 60 s.
UPDATE job SET state = 'running', attempt = attempt + 1, lease_until = now() + interval '60 seconds'
 WHERE id = (SELECT id FROM job
              WHERE ((state = 'waiting' AND run_at <= now()) OR (state = 'running' AND lease_until < now()))
                AND kind = ANY ($1::text[])
              ORDER BY run_at, id
              LIMIT 1
                FOR UPDATE SKIP LOCKED)
RETURNING id, kind, key, args::text, coalesce(for_vendor, 0), attempt;

-- name: queue_renew :exec
-- $1 job, $2 attempt. Nothing changes when the job is no longer ours.
UPDATE job SET lease_until = now() + interval '60 seconds' WHERE id = $1 AND attempt = $2 AND state = 'running';

-- name: queue_finish :exec
-- $1 job, $2 attempt, $3 result (JSON). In the transaction of the job's effect; no row when another runner took it over.
UPDATE job SET state = 'done', ended_at = now(), lease_until = NULL, error = NULL, result = $3::jsonb
 WHERE id = $1 AND attempt = $2 AND state = 'running';

-- name: queue_retry :exec
-- $1 job, $2 attempt, $3 seconds to wait, $4 error. Back to waiting.
UPDATE job SET state = 'waiting', run_at = now() + make_interval(secs => $3::double precision), lease_until = NULL, error = $4
 WHERE id = $1 AND attempt = $2 AND state = 'running';

-- name: queue_bury :exec
-- $1 job, $2 attempt, $3 error. Out of tries: kept for the operator to see.
UPDATE job SET state = 'dead', ended_at = now(), lease_until = NULL, error = $3
 WHERE id = $1 AND attempt = $2 AND state = 'running';

-- name: queue_slot :one
-- $1 kind, $2 seconds between runs, $3 now. Adds the job of the current slot when no runner did yet.
WITH slot AS (
    INSERT INTO job_slot (kind, slot)
    VALUES ($1, to_timestamp(floor(extract(epoch FROM $3::timestamptz) / $2::bigint) * $2::bigint))
    ON CONFLICT DO NOTHING
    RETURNING kind
), added AS (
    INSERT INTO job (kind) SELECT kind FROM slot
    ON CONFLICT (kind, key) WHERE state IN ('waiting', 'running') DO NOTHING
    RETURNING id
)
SELECT EXISTS (SELECT 1 FROM added);

-- name: queue_prune :exec
-- Ended jobs and old slots: a week of history, a month of the dead.
WITH slots AS (DELETE FROM job_slot WHERE slot < now() - interval '2 days')
DELETE FROM job WHERE (state = 'done' AND ended_at < now() - interval '7 days')
                   OR (state = 'dead' AND ended_at < now() - interval '30 days');

-- name: queue_newest :maybe
-- $1 kind. The newest job of a kind, for pages that show its progress.
SELECT id, state, args::text, coalesce(result::text, ''), coalesce(error, ''), created_at, coalesce(ended_at, created_at)
  FROM job WHERE kind = $1 ORDER BY id DESC LIMIT 1;

-- name: report_save :exec
-- $1 name, $2 taken at, $3 body (JSON). The newest wins.
INSERT INTO report (name, taken_at, body) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (name) DO UPDATE SET taken_at = EXCLUDED.taken_at, body = EXCLUDED.body
 WHERE report.taken_at <= EXCLUDED.taken_at;

-- name: report_load :maybe
-- $1 name.
SELECT taken_at, body::text FROM report WHERE name = $1;
