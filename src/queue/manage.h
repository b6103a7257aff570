/* What the operator sees of the queue, and may do about it. All in an operator transaction. */
#pragma once
#include "queue/queue.h"

enum job_tab { TAB_WAITING, TAB_RUNNING, TAB_FAILED, TAB_DEAD, TAB_DONE, JOB_TABS };
extern const char *const job_tab_names[JOB_TABS]; /* "waiting" … */

#define JOB_COUNT_MOST 10000 /* nothing is counted further */

/* A job as it is now; of one that has ended, its last run. Times 0 and texts "" for none. */
struct job_row {
    int64_t id;
    const char *kind, *key, *queue, *args, *error, *result, *runner;
    enum job_tab tab; /* failed: it has been tried and waits for the next try */
    bool discarded;   /* among the done */
    int attempt, priority;
    struct vendor_id vendor;
    int64_t created_us, run_at_us, started_us, ended_us;
};

struct job_filter {
    enum job_tab tab;
    const char *queue, *kind; /* NULL: any */
    int64_t behind;           /* the last id of the page before, 0: none */
    int64_t limit;
};

struct job_rows {
    struct job_row *at;
    size_t count;
    bool more;
};

/* Newest first. */
struct err *jobs_list(struct work *w, const struct job_filter *f, struct job_rows *out) MUST_CHECK;
/* NOT_FOUND queue.no_job. */
struct err *jobs_load(struct work *w, int64_t id, struct job_row *out) MUST_CHECK;
/* How many are in each tab, up to JOB_COUNT_MOST + 1; done: those of the history. */
struct err *jobs_count(struct work *w, int64_t out[JOB_TABS]) MUST_CHECK;

/* What became of each try, the first first. */
struct run_row {
    int attempt;
    const char *outcome, *error, *runner;
    int64_t started_us, ended_us;
};
struct err *jobs_runs(struct work *w, int64_t id, struct run_row **out, size_t *n) MUST_CHECK;

/* At once, whatever its tries. NOT_FOUND queue.no_job; CONFLICT queue.not_waiting: it runs or has
 * ended; CONFLICT queue.live: another of its kind and key is live. */
struct err *jobs_retry(struct work *w, int64_t id) MUST_CHECK;
/* Never again: it goes to the history. The same failures. */
struct err *jobs_discard(struct work *w, int64_t id) MUST_CHECK;

struct queue_row {
    const char *name;
    int64_t waiting, running; /* up to JOB_COUNT_MOST + 1 */
    int64_t oldest_us;        /* when the one that waits longest was due; 0: none */
    int64_t per_minute;       /* runs that ended, over the last five minutes */
    bool paused;
};
struct err *queues_list(struct work *w, struct queue_row **out, size_t *n) MUST_CHECK;
/* NOT_FOUND queue.no_queue. */
struct err *queues_pause(struct work *w, const char *name, bool paused) MUST_CHECK;

struct schedule_row {
    const char *kind, *queue;
    int64_t every_s;          /* 0: daily */
    int64_t at_s;             /* after midnight UTC */
    int64_t next_us, last_us; /* last_us: when it was last added, 0: not these two days */
    bool paused;
};
struct err *schedules_list(struct work *w, struct schedule_row **out, size_t *n) MUST_CHECK;
/* Its next run is the next after now: what was missed while it was paused is not made up for.
 * NOT_FOUND queue.no_schedule. */
struct err *schedules_pause(struct work *w, const char *kind, bool paused) MUST_CHECK;
/* Adds its job now; nothing when one waits or runs. NOT_FOUND queue.no_schedule. */
struct err *schedules_run(struct work *w, const char *kind) MUST_CHECK;
