/* Claims and leases. A claim is a short transaction of its own, so that a job that takes long holds
 * no row; the lease tells other runners that somebody is at it. Every later statement names the
 * job's attempt: who was taken for dead meanwhile changes nothing any more. */
#include "queue/lease.h"

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "db/db.h"

#define PAUSE_MOST_S 3600

static struct job
scan_job(struct scan *s)
{
    struct job j = { .id = scan_i64(s) };
    j.kind = scan_text(s);
    j.key = scan_text(s);
    j.args = scan_text(s);
    j.vendor.n = scan_i64(s);
    j.attempt = (int)scan_i64(s);
    return j;
}

struct err *
lease_claim(struct work *w, struct arg kinds, struct arg queues, const char *runner,
            struct claim *out)
{
    struct scan s;
    bool found;
    tx_open(w, TX_OPERATOR_WRITE);
    tx_last(w);
    TRY(db_maybe(w, Q_queue_claim, ARGS(kinds, queues, arg_text(runner)), &found, &s));
    TRY(tx_commit(w));
    *out = (struct claim){ .count = found };
    if (!found)
        return NULL;
    out->jobs = NEW(w->arena, struct job);
    out->jobs[0] = scan_job(&s);
    out->queue = scan_text(&s);
    out->priority = (int)scan_i64(&s);
    return NULL;
}

struct err *
lease_claim_more(struct work *w, const char *runner, size_t most, struct claim *c)
{
    struct rows rows;
    tx_open(w, TX_OPERATOR_WRITE);
    tx_last(w);
    TRY(db_many(w, Q_queue_claim_more,
                ARGS(arg_text(c->jobs[0].kind), arg_text(c->queue), arg_i64(w, c->priority),
                     arg_i64(w, (int64_t)most), arg_text(runner)),
                &rows));
    TRY(tx_commit(w));

    struct job *jobs = NEW_ARRAY(w->arena, struct job, (size_t)rows.count + 1);
    jobs[0] = c->jobs[0];
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        jobs[i + 1] = scan_job(&s);
    }
    c->jobs = jobs;
    c->count = (size_t)rows.count + 1;
    return NULL;
}

static struct arg
arg_ids(struct work *w, const struct job *jobs, size_t n)
{
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        ids[i] = jobs[i].id;
    return arg_i64s(w, ids, n);
}

static struct arg
arg_attempts(struct work *w, const struct job *jobs, size_t n)
{
    int64_t *attempts = NEW_ARRAY(w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        attempts[i] = jobs[i].attempt;
    return arg_i64s(w, attempts, n);
}

int64_t
lease_pause_ms(int attempt, uint64_t dice)
{
    int64_t s = attempt < 12 ? INT64_C(1) << attempt : PAUSE_MOST_S;
    if (s > PAUSE_MOST_S)
        s = PAUSE_MOST_S;
    return s * 900 + (int64_t)(dice % (uint64_t)(s * 200 + 1));
}

/* Seconds with their fraction, as make_interval() reads them. */
static struct arg
arg_pause(struct work *w, int attempt)
{
    int64_t ms = lease_pause_ms(attempt, random_u64());
    return arg_text(text_printf(w->arena, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000)));
}

struct err *
lease_fail(struct work *w, const struct job *jobs, size_t n, const char *outcome, const char *error,
           int64_t *still_ours)
{
    tx_open(w, TX_OPERATOR_WRITE);
    tx_last(w);
    TRY(db_exec(w, Q_queue_fail,
                ARGS(arg_ids(w, jobs, n), arg_attempts(w, jobs, n), arg_text(outcome),
                     arg_pause(w, jobs[0].attempt), arg_text(error)),
                still_ours));
    return tx_commit(w);
}

static struct err *
renew(struct work *w, const struct job *jobs, size_t n)
{
    return db_exec(w, Q_queue_renew, ARGS(arg_ids(w, jobs, n), arg_attempts(w, jobs, n)), NULL);
}

static struct err *
give_back(struct work *w, const struct job *jobs, size_t n)
{
    return db_exec(w, Q_queue_give_back, ARGS(arg_ids(w, jobs, n), arg_attempts(w, jobs, n)), NULL);
}

static struct err *
in_transaction(struct work *w, struct err *(*fn)(struct work *w, const struct job *jobs, size_t n),
               const struct job *jobs, size_t n)
{
    if (!n)
        return NULL;
    tx_open(w, TX_OPERATOR_WRITE);
    tx_last(w);
    TRY(fn(w, jobs, n));
    return tx_commit(w);
}

struct err *
lease_renew(struct work *w, const struct job *jobs, size_t n)
{
    return in_transaction(w, renew, jobs, n);
}

struct err *
lease_give_back(struct work *w, const struct job *jobs, size_t n)
{
    return in_transaction(w, give_back, jobs, n);
}

struct err *
lease_reap(struct work *w)
{
    struct rows lost;
    tx_open(w, TX_OPERATOR_WRITE);
    tx_last(w);
    TRY(db_many(w, Q_queue_reap, NO_ARGS, &lost));
    TRY(tx_commit(w));
    for (int i = 0; i < lost.count; i++) {
        struct scan s = rows_at(&lost, i);
        const char *id = text_printf(w->arena, "job-%lld", (long long)scan_i64(&s));
        log_warn("job.lost", "id", id, "kind", scan_text(&s), NULL);
    }
    return NULL;
}

/* ---- What a job's function calls ---- */

static struct err *
check_ours(struct work *w, int64_t affected, size_t n)
{
    if (affected == (int64_t)n)
        return NULL;
    return FAIL(w->arena, ERR_CONFLICT, "queue.lost", "Another runner has taken this job over.");
}

/* A job run by `souk jobs --once` has no row (id 0) and nothing to mark. */
struct err *
job_finish(struct work *w, const struct job *j, const char *result_json)
{
    int64_t affected = 0;
    if (!j->id)
        return NULL;
    TRY(db_exec(w, Q_queue_finish,
                ARGS(arg_i64(w, j->id), arg_i64(w, j->attempt), arg_text(result_json),
                     arg_bool(j->relaxed)),
                &affected));
    return check_ours(w, affected, 1);
}

struct err *
jobs_finish(struct work *w, const struct job *jobs, size_t n)
{
    int64_t affected = 0;
    if (!jobs[0].id)
        return NULL;
    TRY(db_exec(w, Q_queue_finish_many,
                ARGS(arg_ids(w, jobs, n), arg_attempts(w, jobs, n), arg_bool(jobs[0].relaxed)),
                &affected));
    return check_ours(w, affected, n);
}

struct err *
job_renew(struct work *w, const struct job *j)
{
    return j->id ? renew(w, j, 1) : NULL;
}
