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
    int attempt; /* 1 at the first try */
};

struct job_kind {
    const char *name;
    int every_s; /* 0: only when asked for */
    int tries;   /* then it is dead, for the operator to see */
    /* Called with no transaction open and an arena of its own. Ends with job_finish() in its last
     * transaction and commits that; a failure is retried with growing waits. */
    struct err *(*run)(struct work *w, const struct job *j);
};

/* Adds a job in the caller's transaction. *added (may be NULL) is false when a job of this kind and
 * key is waiting or running already, which then does the work. `args` is JSON text. */
struct err *queue_add(struct work *w, const char *kind, const char *key, const char *args,
                      bool *added) MUST_CHECK;

/* In the job's last transaction: it is done, with this result (JSON text). CONFLICT queue.lost when
 * another runner took the job over meanwhile: nothing may be committed then. */
struct err *job_finish(struct work *w, const struct job *j, const char *result_json) MUST_CHECK;

/* For long jobs, every now and then, in a transaction of its own: keeps the lease (60 s). */
struct err *job_renew(struct work *w, const struct job *j) MUST_CHECK;

struct job_table {
    const struct job_kind *rows;
    size_t count;
};

/* Adds what schedules are due, then claims and runs one job; *ran is false when none was waiting.
 */
struct err *queue_turn(struct work *w, const struct job_table *tables, size_t n,
                       bool *ran) MUST_CHECK;

/* Runs the kind once, now, as if its schedule were due; its failure is returned, not retried. For
 * `souk jobs --once`. NOT_FOUND queue.unknown. */
struct err *queue_once(struct work *w, const struct job_table *tables, size_t n,
                       const char *name) MUST_CHECK;

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
