/* Inside of src/queue: the runner's statements about jobs it claims, and the time between tries. */
#pragma once
#include "db/db.h"
#include "queue/queue.h"

/* What one claim gave: jobs of one kind, ours for 60 s. In the work's arena. */
struct claim {
    struct job *jobs;
    size_t count;
    const char *queue;
    int priority;
};

/* The most pressing job of these kinds and queues; count is 0 when none is due. */
struct err *lease_claim(struct work *w, struct arg kinds, struct arg queues, const char *runner,
                        struct claim *out) MUST_CHECK;
/* Up to `most` jobs of the same kind, queue and priority join it. */
struct err *lease_claim_more(struct work *w, const char *runner, size_t most,
                             struct claim *c) MUST_CHECK;

/* `outcome` is "failed" or "late": each waits for its next try, or is dead. *still_ours (may be
 * NULL): how many were. All of one attempt's number wait the same. */
struct err *lease_fail(struct work *w, const struct job *jobs, size_t n, const char *outcome,
                       const char *error, int64_t *still_ours) MUST_CHECK;
/* What was claimed and not begun waits again; the claim does not count as a try. */
struct err *lease_give_back(struct work *w, const struct job *jobs, size_t n) MUST_CHECK;
struct err *lease_renew(struct work *w, const struct job *jobs, size_t n) MUST_CHECK;
/* Takes back what dead runners left; logs each job. */
struct err *lease_reap(struct work *w) MUST_CHECK;

/* Milliseconds until the try after this one: 2^attempt seconds, an hour at most, a tenth more or
 * less by `dice`, so that what failed together does not come back together. */
int64_t lease_pause_ms(int attempt, uint64_t dice);
