-- Work that is done later: written in the transaction of its cause, claimed by whichever runner is
-- free (FOR UPDATE SKIP LOCKED), held by a lease that a dead runner stops renewing.

CREATE TYPE job_state AS ENUM ('waiting', 'running', 'done', 'dead');

CREATE TABLE job (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,
    key         text NOT NULL DEFAULT '',          -- what it is about; one live job per kind and key
    args        jsonb NOT NULL DEFAULT '{}',
    for_vendor  bigint,                            -- whose work it is; NULL: the platform's
    state       job_state NOT NULL DEFAULT 'waiting',
    run_at      timestamptz NOT NULL DEFAULT now(),
    attempt     integer NOT NULL DEFAULT 0,
    lease_until timestamptz,
    result      jsonb,
    error       text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz
);
CREATE UNIQUE INDEX job_live_once ON job (kind, key) WHERE state IN ('waiting', 'running');
CREATE INDEX job_waiting ON job (run_at, id) WHERE state = 'waiting';
CREATE INDEX job_leased ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_ended ON job (ended_at) WHERE state IN ('done', 'dead');
CREATE INDEX job_kind_newest ON job (kind, id DESC);
CALL shared_table('job');

-- A schedule's slot is claimed by inserting it: no leader is needed, and no slot runs twice.
CREATE TABLE job_slot (
    kind  text NOT NULL,
    slot  timestamptz NOT NULL,
    PRIMARY KEY (kind, slot)
);
CALL shared_table('job_slot');

-- Figures that take a while to count are counted by a job and kept here: a page shows the newest
-- with its time instead of counting on load.
CREATE TABLE report (
    name     text PRIMARY KEY,
    taken_at timestamptz NOT NULL,
    body     jsonb NOT NULL
);
CALL shared_table('report');
