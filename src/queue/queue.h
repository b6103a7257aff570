/* Work that is done later. A job is a row written in the transaction of its cause; a runner claims
 * it, does it, and writes its effect and its end in one transaction. A job may run twice (its
 * runner died after the effect and before the end is impossible; before the effect is not), so a
 * job ends the same however often it starts.
 *
 * Kinds are rows of a table in the room they belong to. */
#pragma once
#include "base/work.h"

struct job {
    int64_t id;
    const char *kind, *key;
    const char *args; /* JSON text */
    struct vendor_id vendor;
    int attempt;  /* 1 at the first try */
    bool relaxed; /* of its kind */
};

#define JOB_TRIES    20
#define QUEUE_NORMAL "default" /* of kinds that name none */
#define JOB_LIMIT_S  300
#define JOB_BATCH    1000 /* the most jobs that are done together */

/* The column `when`. A schedule's run is a row that exists once, whoever adds it; runs that were
 * missed while nobody ran are made up for by one. Times of the day are UTC. */
#define ON_DEMAND      0
#define EVERY(s)       (s)
#define DAILY_AT(h, m) (-(((h)*60 + (m)) * 60) - 1)

struct job_kind {
    const char *name;
    int when;  /* ON_DEMAND, EVERY(seconds), DAILY_AT(hour, minute) */
    int tries; /* 0: JOB_TRIES; then it is dead, for the operator to see */
    /* Called with no transaction open and an arena of its own. Ends with job_finish() in its last
     * transaction and commits that; a failure is retried after 2, 4, 8 … s, at most an hour. */
    struct err *(*run)(struct work *w, const struct job *j);

    /* A row may leave out what follows. */
    const char *queue; /* NULL: QUEUE_NORMAL. `souk jobs --queues` runs some queues only */
    int limit_s;       /* 0: JOB_LIMIT_S. A run that takes longer ends with its runner and failed */
    /* The commit that ends a run does not wait for the disk. For effects that nobody outside the
     * database is told of: when the server loses its last half second, the job was not done, and is
     * done again. Many small jobs run ten times faster so. */
    bool relaxed;
    /* Up to `batch` jobs are claimed at once (JOB_BATCH at most; 0: one): for small jobs that come
     * in great numbers. With `run` one is done after the other, each with its own end. With
     * `run_many` instead, all end with jobs_finish() in one transaction; when that fails each is
     * tried alone, with n = 1. */
    int batch;
    struct err *(*run_many)(struct work *w, const struct job *jobs, size_t n);
};

/* ---- Adding ---- */

/* Adds a job in the caller's transaction. *added (may be NULL) is false when a job of this kind and
 * key is waiting or running already, which then does the work. `args` is JSON text. An idle runner
 * starts it within milliseconds of the commit. */
struct err *queue_add(struct work *w, const char *kind, const char *key, const char *args,
                      bool *added) MUST_CHECK;

/* The same with a say in more; what is left out is as queue_add() has it. */
struct job_draft {
    const char *kind, *key, *args; /* NULL: "" and "{}" */
    int64_t run_at_us;             /* not before; 0: at once */
    int priority;                  /* 1: before others of its queue, -1: behind them */
};
struct err *queue_add_with(struct work *w, const struct job_draft *draft, bool *added) MUST_CHECK;

/* ---- Ending, from a job's function ---- */

/* In the job's last transaction: it is done, with this result (JSON text). CONFLICT queue.lost when
 * another runner took the job over meanwhile: nothing may be committed then. */
struct err *job_finish(struct work *w, const struct job *j, const char *result_json) MUST_CHECK;
/* All of them, in one statement. CONFLICT queue.lost when one was taken over. */
struct err *jobs_finish(struct work *w, const struct job *jobs, size_t n) MUST_CHECK;

/* Keeps the lease (60 s), in a transaction of its own. Runners of `souk jobs` have a keeper that
 * does so every 20 s while a job runs; who runs jobs otherwise calls this now and then. */
struct err *job_renew(struct work *w, const struct job *j) MUST_CHECK;

/* ---- Running ---- */

struct job_table {
    const struct job_kind *rows;
    size_t count;
};

struct keeper;

struct runner_options {
    const struct job_table *tables;
    size_t count;
    const char *const *queues; /* NULL: all that the kinds name */
    size_t queue_count;
    const char *name;      /* shown to the operator: host and process */
    struct keeper *keeper; /* NULL: leases are not renewed and time limits not watched (tests) */
};

/* Process-long. INVALID queue.unknown_queue: no kind belongs to a queue of that name. */
struct runner;
struct err *runner_new(struct arena *process, const struct runner_options *how,
                       struct runner **out) MUST_CHECK;

/* Adds what schedules are due, takes back what dead runners left, then claims and runs one job, or
 * one batch; *ran is false when none was waiting. A job's own failure is noted in its row and is
 * none of this function's. */
struct err *runner_turn(struct work *w, struct runner *r, bool *ran) MUST_CHECK;

/* After a turn that found nothing: until a job is added or due, or a schedule is, or a signal
 * comes; a second at most. */
struct err *runner_wait(struct work *w, struct runner *r) MUST_CHECK;

/* Runs the kind once, now, as if its schedule were due; its failure is returned, not retried. For
 * `souk jobs --once`. NOT_FOUND queue.unknown. */
struct err *queue_once(struct work *w, const struct job_table *tables, size_t n,
                       const char *name) MUST_CHECK;

/* A process beside the runner that renews the leases of what it is at, and ends it (the runner, by
 * SIGKILL) when that has taken longer than its limit; the job has failed then. It never outlives
 * the runner. Called before the runner has connections or signal handlers; `conninfo` is for a
 * connection of the keeper's own, made when it is first needed. */
struct err *keeper_start(struct arena *process, const char *conninfo, bool prepare,
                         struct keeper **out) MUST_CHECK;
/* Starts it again when it has died. */
void keeper_check(struct keeper *k);
void keeper_end(struct keeper *k); /* accepts NULL */

/* ---- Looking ---- */

/* The newest job of a kind, for pages that show its state: *found false when there never was one.
 */
struct job_view {
    const char *state, *args, *result, *error;
    int64_t created_us, ended_us;
};
struct err *queue_newest(struct work *w, const char *kind, bool *found,
                         struct job_view *out) MUST_CHECK;

/* Figures that take a while to count: saved by a job, shown by pages with their time. */
struct err *report_save(struct work *w, const char *name, const char *body_json) MUST_CHECK;
struct err *report_load(struct work *w, const char *name, bool *found, int64_t *taken_us,
                        const char **body) MUST_CHECK;
