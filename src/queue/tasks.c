/* The queue's own housekeeping, itself a job. */
#include "queue/tasks.h"

#include "db/db.h"

static struct err *
prune(struct work *w, const struct job *j)
{
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_exec(w, Q_queue_prune, NO_ARGS, NULL));
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind queue_jobs[] = {
    /* name          every  tries  run */
    { "queue_prune", 3600,  5,     prune },
};
/* clang-format on */
const size_t queue_job_count = COUNT(queue_jobs);
