-- Tables cut by time, for every room that writes rows for ever; and the job runner in full: queues,
-- priorities, kinds and schedules as rows, a live table that stays small, the history of runs.

-- ---- Tables cut by time ----
-- A migration makes its table `PARTITION BY RANGE (some_at)` and then says, for example,
--     CALL partition_by_time('audit_event', 'month', ahead => 3, keep => '400 days');
-- From then on the job `partitions` makes what is needed ahead and takes away what is kept no more.
CREATE TABLE time_partition (
    parent text PRIMARY KEY,
    step   text NOT NULL CONSTRAINT time_partition_step CHECK (step IN ('day', 'week', 'month')),
    ahead  integer NOT NULL CONSTRAINT time_partition_ahead CHECK (ahead BETWEEN 1 AND 60),
    keep   interval,                              -- after a partition's end; NULL: for good
    behind text NOT NULL DEFAULT 'drop' CONSTRAINT time_partition_behind CHECK (behind IN ('drop', 'archive'))
);
GRANT SELECT ON time_partition TO souk_app, souk_system;

-- Where partitions go that are kept, but out of the way: plain tables, seen by the owner only.
CREATE SCHEMA archive;

-- Makes one partition unless it is there: `audit_event_2026_11`, or `job_run_2026_11_25`. Made beside and then
-- attached, which lets readers and writers of the table go on. Nobody is granted anything on a partition:
-- rows are reached through the table, by its policies.
CREATE PROCEDURE partition_make(parent text, step text, at timestamptz)
    LANGUAGE plpgsql SET timezone = 'UTC'
    AS $$
DECLARE
    begins timestamptz := date_trunc(step, at);
    ends   timestamptz := begins + ('1 ' || step)::interval;
    made   text := parent || to_char(begins, CASE step WHEN 'month' THEN '_YYYY_MM' ELSE '_YYYY_MM_DD' END);
BEGIN
    IF to_regclass(format('%I', made)) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)', made, parent);
    IF (SELECT relrowsecurity FROM pg_class WHERE oid = format('%I', parent)::regclass) THEN
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', made);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', made);
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, made, begins, ends);
END
$$;

-- The partition of `at` and `ahead` more.
CREATE PROCEDURE ensure_partitions(parent text, step text, ahead integer, at timestamptz DEFAULT now())
    LANGUAGE plpgsql SET timezone = 'UTC'
    AS $$
BEGIN
    FOR i IN 0 .. ahead LOOP
        CALL partition_make(parent, step, date_trunc(step, at) + (i || ' ' || step)::interval);
    END LOOP;
END
$$;

-- Takes away the partitions that ended `keep` ago or longer, at most a hundred at a time. `behind`: 'drop', or
-- 'archive' to keep them as plain tables in that schema.
CREATE PROCEDURE drop_partitions_before(of_parent text, keep interval, at timestamptz DEFAULT now(), behind text DEFAULT 'drop')
    LANGUAGE plpgsql SET timezone = 'UTC'
    AS $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT c.relname AS name
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = format('%I', of_parent)::regclass
           AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz <= at - keep
         ORDER BY c.relname
         LIMIT 100
    LOOP
        IF behind = 'archive' THEN
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', of_parent, old.name);
            EXECUTE format('ALTER TABLE %I SET SCHEMA archive', old.name);
        ELSE
            EXECUTE format('DROP TABLE %I', old.name);
        END IF;
    END LOOP;
END
$$;

-- For migrations: the table is cut by `step` from now on. `since`: when the oldest rows that it will take are from.
CREATE PROCEDURE partition_by_time(parent text, step text, ahead integer DEFAULT 3, keep interval DEFAULT NULL,
                                   behind text DEFAULT 'drop', since timestamptz DEFAULT now())
    LANGUAGE plpgsql SET timezone = 'UTC'
    AS $$
BEGIN
    INSERT INTO time_partition VALUES (parent, step, ahead, keep, behind);
    WHILE date_trunc(step, since) < date_trunc(step, now()) LOOP
        CALL partition_make(parent, step, since);
        since := since + ('1 ' || step)::interval;
    END LOOP;
    CALL ensure_partitions(parent, step, ahead);
END
$$;

-- What the job `partitions` does, as the owner, who alone may make tables: only for the tables of time_partition,
-- which only migrations write, and by the server's clock. Two at once take turns at its rows. A table that is in use is not waited for long,
-- since everybody else would queue up behind us: the job tries again.
CREATE FUNCTION partitions_tend() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
DECLARE
    t time_partition;
    n integer := 0;
BEGIN
    FOR t IN SELECT * FROM time_partition ORDER BY parent FOR UPDATE LOOP
        CALL ensure_partitions(t.parent, t.step, t.ahead);
        IF t.keep IS NOT NULL THEN
            CALL drop_partitions_before(t.parent, t.keep, behind => t.behind);
        END IF;
        n := n + 1;
    END LOOP;
    RETURN n;
END
$$;
REVOKE ALL ON FUNCTION partitions_tend() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partitions_tend() TO souk_app, souk_system;

-- ---- Jobs ----
-- What runners know of the kinds that they run, written by each when it starts: adding a job finds its queue here,
-- and a schedule is the row's last columns.
CREATE TABLE job_kind (
    kind    text PRIMARY KEY,
    queue   text NOT NULL DEFAULT 'default',
    tries   integer NOT NULL CONSTRAINT job_kind_tries CHECK (tries > 0),
    every_s integer CONSTRAINT job_kind_every CHECK (every_s > 0),                     -- every so many seconds since 1970,
    at_s    integer CONSTRAINT job_kind_at CHECK (at_s BETWEEN 0 AND 86399),           -- or once a day, so long after midnight UTC
    next_at timestamptz,                                                               -- NULL: only when asked for
    paused  boolean NOT NULL DEFAULT false,
    CONSTRAINT job_kind_schedule CHECK (every_s IS NULL OR at_s IS NULL)
);
CALL shared_table('job_kind');

-- The first run of a schedule after `at`; NULL when it has none. Days are those of UTC.
CREATE FUNCTION job_next_run(every_s integer, at_s integer, at timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT CASE
        WHEN every_s IS NOT NULL THEN to_timestamp((floor(extract(epoch FROM at) / every_s) + 1) * every_s)
        ELSE date_trunc('day', at - make_interval(secs => at_s), 'UTC') + interval '24 hours' + make_interval(secs => at_s)
    END $$;

-- Queues that the operator has paused: what waits in them waits.
CREATE TABLE job_queue_pause (
    queue text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now()
);
CALL shared_table('job_queue_pause');

ALTER TABLE job
    ADD COLUMN queue      text NOT NULL DEFAULT 'default',
    ADD COLUMN priority   smallint NOT NULL DEFAULT 0,     -- 1: before others, -1: behind them
    ADD COLUMN started_at timestamptz,                     -- of the newest attempt
    ADD COLUMN runner     text,                            -- whose it is or was
    ADD CONSTRAINT job_priority_range CHECK (priority BETWEEN -1 AND 1);

-- The claim reads each queue and priority from its oldest due job on, so that what is due later costs it nothing.
DROP INDEX job_waiting;
DROP INDEX job_kind_newest;
CREATE INDEX job_waiting ON job (queue, priority, run_at, id) WHERE state = 'waiting';

-- The table is small and every row of it changes several times and goes: what is dead must go often, by count, not by share.
ALTER TABLE job SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
                     autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);

-- One row a run, written in the transaction that ends it. A job that is done leaves `job` and is found here only.
CREATE TYPE job_outcome AS ENUM ('done', 'failed', 'late', 'lost', 'discarded');
CREATE TABLE job_run (
    job        bigint NOT NULL,
    kind       text NOT NULL,
    key        text NOT NULL,
    args       jsonb NOT NULL,
    for_vendor bigint,
    queue      text NOT NULL,
    attempt    integer NOT NULL,
    outcome    job_outcome NOT NULL,
    result     jsonb,
    error      text,
    runner     text,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at   timestamptz NOT NULL
) PARTITION BY RANGE (ended_at);
CREATE INDEX job_run_job ON job_run (job, attempt);
CREATE INDEX job_run_kind ON job_run (kind, job);
CREATE INDEX job_run_ended ON job_run USING brin (ended_at) WITH (pages_per_range = 16);
CALL shared_table('job_run');
CALL partition_by_time('job_run', 'day', ahead => 3, keep => '7 days', since => now() - interval '8 days');

INSERT INTO job_run (job, kind, key, args, for_vendor, queue, attempt, outcome, result, error, created_at, ended_at)
SELECT id, kind, key, args, for_vendor, queue, attempt, 'done', result, error, created_at, ended_at
  FROM job WHERE state = 'done' AND ended_at > now() - interval '7 days';
DELETE FROM job WHERE state = 'done';

-- Whoever adds jobs wakes the runners with its commit; a runner that waits hears it within a millisecond. The queue's
-- name goes along, since not every runner is for every queue. The same words in one transaction are sent once.
CREATE FUNCTION job_tell() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('job', queue) FROM (SELECT DISTINCT queue FROM added WHERE state = 'waiting') q;
    RETURN NULL;
END
$$;
CREATE TRIGGER job_added AFTER INSERT ON job REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION job_tell();
