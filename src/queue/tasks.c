/* The queue's own housekeeping, itself a job. */
#include "queue/tasks.h"

#include "base/text.h"
#include "db/db.h"

static struct err *
prune(struct work *w, const struct job *j)
{
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_exec(w, Q_queue_prune, NO_ARGS, NULL));
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

/* For every table of time_partition (sql/migrations/0009_queue.sql). */
static struct err *
tend_partitions(struct work *w, const struct job *j)
{
    struct scan s;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_one(w, Q_partitions_tend, NO_ARGS, &s));
    int64_t tables = scan_i64(&s);
    scan_end(&s);
    TRY(job_finish(w, j, text_printf(w->arena, "{\"tables\": %lld}", (long long)tables)));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind queue_jobs[] = {
    /* name          when         tries  run */
    { "queue_prune", EVERY(3600), 5,     prune },
    { "partitions",  EVERY(3600), 5,     tend_partitions },
};
/* clang-format on */
const size_t queue_job_count = COUNT(queue_jobs);
