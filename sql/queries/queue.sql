-- The job runner's statements (src/queue). Times are the server's: runners on many hosts have one clock.

-- name: queue_listen :exec
-- Jobs that are added say so here (job_tell() in the migration).
LISTEN job;

-- name: queue_add :one
-- $1 kind, $2 key, $3 args (JSON), $4 vendor or NULL, $5 when to run or NULL for now, $6 priority. True when it was added, false when
-- one like it is waiting or running already.
WITH added AS (
    INSERT INTO job (kind, key, args, for_vendor, run_at, priority, queue)
    VALUES ($1, $2, $3::jsonb, $4::bigint, coalesce($5::timestamptz, now()), $6::smallint,
            coalesce((SELECT k.queue FROM job_kind k WHERE k.kind = $1), 'default'))
    ON CONFLICT (kind, key) WHERE state IN ('waiting', 'running') DO NOTHING
    RETURNING id
)
SELECT EXISTS (SELECT 1 FROM added);

-- name: queue_claim :maybe
-- $1 kinds this runner knows, $2 its queues in the order of its turn, $3 its name. The most pressing job that is due; now running, for
-- 60 s. The commit does not wait for the disk: should the server lose it, the job is waiting again, and whoever ran it finishes
-- nothing. Each queue and priority is read from its oldest due row on, and not beyond the first that is free.
UPDATE job SET state = 'running', attempt = attempt + 1, started_at = clock_timestamp(), runner = $3,
               lease_until = now() + interval '60 seconds'
 WHERE id = (SELECT due.id
               FROM (VALUES (1::smallint), (0::smallint), ((-1)::smallint)) AS p (priority)
              CROSS JOIN unnest($2::text[]) AS q (queue)
              CROSS JOIN LATERAL (SELECT j.id FROM job j
                                   WHERE j.state = 'waiting' AND j.queue = q.queue AND j.priority = p.priority AND j.run_at <= now()
                                     AND j.kind = ANY ($1::text[])
                                     AND NOT EXISTS (SELECT FROM job_queue_pause s WHERE s.queue = q.queue)
                                   ORDER BY j.run_at, j.id
                                   LIMIT 1
                                     FOR UPDATE OF j SKIP LOCKED) AS due
              LIMIT 1)
RETURNING id, kind, key, args::text, coalesce(for_vendor, 0), attempt, queue, priority,
          set_config('synchronous_commit', 'off', true);

-- name: queue_claim_more :many
-- $1 kind, $2 its queue, $3 priority, $4 how many at most, $5 the runner's name. More of the same, to be done together.
UPDATE job SET state = 'running', attempt = attempt + 1, started_at = clock_timestamp(), runner = $5,
               lease_until = now() + interval '60 seconds'
 WHERE id = ANY (ARRAY (SELECT j.id FROM job j
                         WHERE j.state = 'waiting' AND j.queue = $2 AND j.priority = $3::smallint AND j.run_at <= now() AND j.kind = $1
                         ORDER BY j.run_at, j.id
                         LIMIT $4::bigint
                           FOR UPDATE SKIP LOCKED))
RETURNING id, kind, key, args::text, coalesce(for_vendor, 0), attempt, queue, priority,
          set_config('synchronous_commit', 'off', true);

-- name: queue_next_due :one
-- $1 kinds, $2 queues. Microseconds until the next of these jobs or schedules is due, at most a minute; 0: now.
SELECT greatest(0, least(60000000, extract(epoch FROM least(
           (SELECT min(due.run_at)
              FROM (VALUES (1::smallint), (0::smallint), ((-1)::smallint)) AS p (priority)
             CROSS JOIN unnest($2::text[]) AS q (queue)
             CROSS JOIN LATERAL (SELECT j.run_at FROM job j
                                  WHERE j.state = 'waiting' AND j.queue = q.queue AND j.priority = p.priority AND j.kind = ANY ($1::text[])
                                    AND NOT EXISTS (SELECT FROM job_queue_pause s WHERE s.queue = q.queue)
                                  ORDER BY j.run_at, j.id LIMIT 1) AS due),
           (SELECT min(k.next_at) FROM job_kind k WHERE k.kind = ANY ($1::text[]) AND NOT k.paused)) - clock_timestamp()) * 1000000))::bigint;

-- name: queue_renew :exec
-- $1 jobs, $2 attempts. Nothing changes for those that are no longer ours.
UPDATE job SET lease_until = now() + interval '60 seconds'
 WHERE id = ANY ($1::bigint[]) AND attempt = ($2::integer[])[array_position($1::bigint[], id)] AND state = 'running';

-- name: queue_give_back :exec
-- $1 jobs, $2 attempts. Claimed, but not begun: waiting as before.
UPDATE job SET state = 'waiting', attempt = attempt - 1, lease_until = NULL
 WHERE id = ANY ($1::bigint[]) AND attempt = ($2::integer[])[array_position($1::bigint[], id)] AND state = 'running';

-- name: queue_finish :exec
-- $1 job, $2 attempt, $3 result (JSON), $4 relaxed: the commit does not wait for the disk. In the transaction of the job's effect; no
-- row when another runner took it over.
WITH relaxed AS (
    SELECT set_config('synchronous_commit', 'off', true) WHERE $4::boolean
), ended AS (
    DELETE FROM job WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING *
)
INSERT INTO job_run (job, kind, key, args, for_vendor, queue, attempt, outcome, result, runner, created_at, started_at, ended_at)
SELECT id, kind, key, args, for_vendor, queue, attempt, 'done', $3::jsonb, runner, created_at, started_at, clock_timestamp()
  FROM ended LEFT JOIN relaxed ON true;

-- name: queue_finish_many :exec
-- $1 jobs, $2 attempts, $3 relaxed. The same for a batch; as many rows as were still ours. Not by a join: the planner, who cannot know how
-- few jobs run, would go through them once for each.
WITH relaxed AS (
    SELECT set_config('synchronous_commit', 'off', true) WHERE $3::boolean
), ended AS (
    DELETE FROM job
     WHERE id = ANY ($1::bigint[]) AND attempt = ($2::integer[])[array_position($1::bigint[], id)] AND state = 'running'
    RETURNING *
)
INSERT INTO job_run (job, kind, key, args, for_vendor, queue, attempt, outcome, runner, created_at, started_at, ended_at)
SELECT id, kind, key, args, for_vendor, queue, attempt, 'done', runner, created_at, started_at, clock_timestamp()
  FROM ended LEFT JOIN relaxed ON true;

-- name: queue_fail :exec
-- $1 jobs, $2 attempts, $3 outcome (failed, late), $4 seconds to wait, $5 error. Back to waiting, or dead when it was the last try.
WITH ended AS (
    UPDATE job SET state = CASE WHEN job.attempt < k.tries THEN 'waiting'::job_state ELSE 'dead' END,
                   run_at = now() + make_interval(secs => $4::double precision), lease_until = NULL, error = $5,
                   ended_at = CASE WHEN job.attempt < k.tries THEN NULL ELSE clock_timestamp() END
      FROM job_kind k
     WHERE id = ANY ($1::bigint[]) AND attempt = ($2::integer[])[array_position($1::bigint[], id)] AND state = 'running'
       AND k.kind = job.kind
    RETURNING job.*
)
INSERT INTO job_run (job, kind, key, args, for_vendor, queue, attempt, outcome, error, runner, created_at, started_at, ended_at)
SELECT id, kind, key, args, for_vendor, queue, attempt, $3::job_outcome, error, runner, created_at, started_at, clock_timestamp() FROM ended;

-- name: queue_reap :many
-- Jobs whose runner stopped renewing its lease: waiting again at once, or dead when that was the last try. Gives their ids and kinds.
WITH lost AS (
    SELECT id FROM job WHERE state = 'running' AND lease_until < now() ORDER BY lease_until LIMIT 1000 FOR UPDATE SKIP LOCKED
), ended AS (
    UPDATE job SET state = CASE WHEN attempt < coalesce((SELECT k.tries FROM job_kind k WHERE k.kind = job.kind), 20)
                                THEN 'waiting'::job_state ELSE 'dead' END,
                   run_at = now(), lease_until = NULL, error = 'queue.runner_lost',
                   ended_at = CASE WHEN attempt < coalesce((SELECT k.tries FROM job_kind k WHERE k.kind = job.kind), 20)
                                   THEN NULL ELSE clock_timestamp() END
     WHERE id = ANY (ARRAY (SELECT id FROM lost))
    RETURNING *
), noted AS (
    INSERT INTO job_run (job, kind, key, args, for_vendor, queue, attempt, outcome, error, runner, created_at, started_at, ended_at)
    SELECT id, kind, key, args, for_vendor, queue, attempt, 'lost', error, runner, created_at, started_at, clock_timestamp() FROM ended
), told AS (
    SELECT pg_notify('job', queue) FROM (SELECT DISTINCT queue FROM ended WHERE state = 'waiting') q
)
SELECT id, kind, (SELECT count(*) FROM told) FROM ended;

-- name: queue_know :exec
-- $1 kind, $2 queue, $3 tries, $4 seconds between runs or NULL, $5 seconds after midnight UTC or NULL. What this program says of a kind.
-- A new schedule that repeats is due at once, a daily one at its next time; one that stays the same keeps its next run.
INSERT INTO job_kind AS k (kind, queue, tries, every_s, at_s, next_at)
VALUES ($1, $2, $3::integer, $4::integer, $5::integer,
        CASE WHEN $4::integer IS NOT NULL THEN now() ELSE job_next_run(NULL, $5::integer, now()) END)
ON CONFLICT (kind) DO UPDATE
   SET queue = EXCLUDED.queue, tries = EXCLUDED.tries, every_s = EXCLUDED.every_s, at_s = EXCLUDED.at_s,
       next_at = CASE WHEN k.every_s IS NOT DISTINCT FROM EXCLUDED.every_s AND k.at_s IS NOT DISTINCT FROM EXCLUDED.at_s
                      THEN k.next_at ELSE EXCLUDED.next_at END
 WHERE (k.queue, k.tries, k.every_s, k.at_s) IS DISTINCT FROM (EXCLUDED.queue, EXCLUDED.tries, EXCLUDED.every_s, EXCLUDED.at_s);

-- name: queue_sort :exec
-- Jobs that were added before their kind was known, or before it moved to another queue.
UPDATE job SET queue = k.queue FROM job_kind k WHERE k.kind = job.kind AND job.state = 'waiting' AND job.queue <> k.queue;

-- name: queue_slots :many
-- $1 kinds. Schedules that are due: the run's row is unique, so of all runners one adds its job; then the next run. What was missed while
-- nobody ran is made up for by one job, not by many.
WITH due AS (
    SELECT kind, next_at, every_s, at_s FROM job_kind
     WHERE kind = ANY ($1::text[]) AND next_at <= now() AND NOT paused
     ORDER BY kind FOR UPDATE SKIP LOCKED
), slot AS (
    INSERT INTO job_slot (kind, slot) SELECT kind, next_at FROM due ON CONFLICT DO NOTHING RETURNING kind
), moved AS (
    UPDATE job_kind k SET next_at = job_next_run(due.every_s, due.at_s, now()) FROM due WHERE k.kind = due.kind
), added AS (
    INSERT INTO job (kind, queue) SELECT s.kind, k.queue FROM slot s JOIN job_kind k ON k.kind = s.kind
    ON CONFLICT (kind, key) WHERE state IN ('waiting', 'running') DO NOTHING
    RETURNING kind
)
SELECT kind FROM added;

-- name: queue_prune :exec
-- Slots of two days ago, the dead of a month ago; ended runs go with their partitions.
WITH slots AS (DELETE FROM job_slot WHERE slot < now() - interval '2 days')
DELETE FROM job WHERE state IN ('done', 'dead') AND ended_at < now() - interval '30 days';

-- name: partitions_tend :one
-- Partitions ahead and behind for every table of time_partition; how many tables those are.
SELECT partitions_tend();

-- name: queue_newest :maybe
-- $1 kind. The newest job of a kind, for pages that show its progress.
(SELECT id, state::text, args::text, coalesce(result::text, ''), coalesce(error, ''), created_at, coalesce(ended_at, created_at)
   FROM job WHERE kind = $1 AND state IN ('waiting', 'running', 'dead') ORDER BY id DESC LIMIT 1)
UNION ALL
(SELECT job, 'done', args::text, coalesce(result::text, ''), '', created_at, ended_at
   FROM job_run WHERE kind = $1 AND outcome = 'done' ORDER BY job DESC LIMIT 1)
ORDER BY 1 DESC LIMIT 1;

-- name: report_save :exec
-- $1 name, $2 taken at, $3 body (JSON). The newest wins.
INSERT INTO report (name, taken_at, body) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (name) DO UPDATE SET taken_at = EXCLUDED.taken_at, body = EXCLUDED.body
 WHERE report.taken_at <= EXCLUDED.taken_at;

-- name: report_load :maybe
-- $1 name.
SELECT taken_at, body::text FROM report WHERE name = $1;

-- What the operator sees and does (src/queue/manage.c).

-- name: queue_list :many
-- $1 tab, $2 queue or NULL, $3 kind or NULL, $4 the last id of the page before or NULL, $5 how many. Newest first.
(SELECT id, kind, key, queue, args::text, coalesce(error, ''), '', coalesce(runner, ''), false, attempt, priority, for_vendor,
        created_at, run_at, started_at, ended_at
   FROM job
  WHERE $1 <> 'done' AND state = (CASE $1 WHEN 'failed' THEN 'waiting' WHEN 'done' THEN NULL ELSE $1 END)::job_state
    AND ($1 NOT IN ('waiting', 'failed') OR (attempt > 0) = ($1 = 'failed'))
    AND ($2::text IS NULL OR queue = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::bigint IS NULL OR id < $4)
  ORDER BY id DESC LIMIT $5::bigint)
UNION ALL
(SELECT job, kind, key, queue, args::text, coalesce(error, ''), coalesce(result::text, ''), coalesce(runner, ''), outcome = 'discarded',
        attempt, 0, for_vendor, created_at, NULL, started_at, ended_at
   FROM job_run
  WHERE $1 = 'done' AND outcome IN ('done', 'discarded')
    AND ($2::text IS NULL OR queue = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::bigint IS NULL OR job < $4)
  ORDER BY job DESC LIMIT $5::bigint)
ORDER BY 1 DESC;

-- name: queue_load :maybe
-- $1 job. As it is now, or as it ended; its tab is the first column.
(SELECT CASE WHEN state = 'waiting' AND attempt > 0 THEN 'failed' ELSE state::text END, id, kind, key, queue, args::text,
        coalesce(error, ''), coalesce(result::text, ''), coalesce(runner, ''), false, attempt, priority, for_vendor,
        created_at, run_at, started_at, ended_at
   FROM job WHERE id = $1::bigint)
UNION ALL
(SELECT 'done', job, kind, key, queue, args::text, coalesce(error, ''), coalesce(result::text, ''), coalesce(runner, ''),
        outcome = 'discarded', attempt, 0, for_vendor, created_at, NULL, started_at, ended_at
   FROM job_run WHERE job = $1::bigint AND outcome IN ('done', 'discarded'))
LIMIT 1;

-- name: queue_count :one
-- $1 how far to count. Waiting, running, failed, dead, done.
SELECT (SELECT count(*) FROM (SELECT FROM job WHERE state = 'waiting' AND attempt = 0 LIMIT $1::bigint) AS x),
       (SELECT count(*) FROM (SELECT FROM job WHERE state = 'running' LIMIT $1::bigint) AS x),
       (SELECT count(*) FROM (SELECT FROM job WHERE state = 'waiting' AND attempt > 0 LIMIT $1::bigint) AS x),
       (SELECT count(*) FROM (SELECT FROM job WHERE state = 'dead' LIMIT $1::bigint) AS x),
       (SELECT count(*) FROM (SELECT FROM job_run WHERE outcome IN ('done', 'discarded') LIMIT $1::bigint) AS x);

-- name: queue_runs :many
-- $1 job. Its tries.
SELECT attempt, outcome::text, coalesce(error, ''), coalesce(runner, ''), started_at, ended_at
  FROM job_run WHERE job = $1::bigint ORDER BY attempt, ended_at LIMIT 200;

-- name: queue_retry :maybe
-- $1 job. Due at once. Its tries go on counting, since an attempt's number says whose the job is; so a dead one has one more.
UPDATE job SET state = 'waiting', run_at = now(), ended_at = NULL
 WHERE id = $1::bigint AND state IN ('waiting', 'dead')
RETURNING pg_notify('job', queue)::text;

-- name: queue_discard :exec
-- $1 job. Out of the live table, kept as long as other ended ones.
WITH ended AS (
    DELETE FROM job WHERE id = $1::bigint AND state IN ('waiting', 'dead') RETURNING *
)
INSERT INTO job_run (job, kind, key, args, for_vendor, queue, attempt, outcome, error, runner, created_at, started_at, ended_at)
SELECT id, kind, key, args, for_vendor, queue, attempt, 'discarded', error, runner, created_at, started_at, clock_timestamp() FROM ended;

-- name: queue_queues :many
-- $1 how far to count. Every queue that a kind names.
SELECT q.queue,
       (SELECT count(*) FROM (SELECT FROM job j WHERE j.state = 'waiting' AND j.queue = q.queue LIMIT $1::bigint) AS x),
       (SELECT count(*) FROM (SELECT FROM job j WHERE j.state = 'running' AND j.queue = q.queue LIMIT $1::bigint) AS x),
       (SELECT min(j.run_at) FROM job j WHERE j.state = 'waiting' AND j.queue = q.queue AND j.run_at <= now()),
       (SELECT count(*) / 5 FROM (SELECT FROM job_run r WHERE r.queue = q.queue AND r.ended_at > now() - interval '5 minutes' LIMIT 1000000) AS x),
       EXISTS (SELECT FROM job_queue_pause p WHERE p.queue = q.queue)
  FROM (SELECT DISTINCT queue FROM job_kind) AS q
 ORDER BY q.queue;

-- name: queue_pause :exec
-- $1 queue. Nothing when there is no such queue.
INSERT INTO job_queue_pause (queue) SELECT DISTINCT queue FROM job_kind WHERE queue = $1
ON CONFLICT (queue) DO UPDATE SET since = job_queue_pause.since;

-- name: queue_resume :exec
-- $1 queue. Its runners are told.
WITH told AS (SELECT pg_notify('job', $1))
DELETE FROM job_queue_pause USING told WHERE queue = $1;

-- name: queue_schedules :many
-- Kinds with a schedule, the next first.
SELECT k.kind, k.queue, coalesce(k.every_s, 0), coalesce(k.at_s, 0), k.next_at,
       (SELECT max(s.slot) FROM job_slot s WHERE s.kind = k.kind), k.paused
  FROM job_kind k WHERE k.next_at IS NOT NULL ORDER BY k.next_at, k.kind;

-- name: queue_schedule_pause :exec
-- $1 kind, $2 paused.
UPDATE job_kind SET paused = $2::boolean,
       next_at = CASE WHEN paused AND NOT $2::boolean THEN job_next_run(every_s, at_s, now()) ELSE next_at END
 WHERE kind = $1 AND next_at IS NOT NULL;

-- name: queue_has_schedule :one
-- $1 kind.
SELECT EXISTS (SELECT FROM job_kind WHERE kind = $1 AND next_at IS NOT NULL);
