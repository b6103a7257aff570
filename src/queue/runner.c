/* The runner's turn. Waits between tries grow, so that what is broken for a while is not hammered
 * and what is broken for good ends as dead, in sight. Queues take turns at being asked first, so
 * that a long one keeps no other waiting. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "queue/keeper.h"
#include "queue/lease.h"
#include "queue/queue.h"

#define QUEUES_MOST  32
#define KINDS_MOST   128
#define SLOTS_US     SECOND_US       /* schedules are looked at as often */
#define REAP_US      (5 * SECOND_US) /* and dead runners */
#define RUN_EACH_US  SECOND_US       /* after that long what was claimed with others goes back */
#define WAIT_MOST_MS 1000            /* a notification may be lost, behind a pooler for one */

/* Process-long. */
struct runner {
    const struct job_table *tables;
    size_t count;
    const char *name;
    struct keeper *keeper;
    const char *kinds[KINDS_MOST]; /* those of its queues */
    size_t kind_count;
    const char *queues[QUEUES_MOST];
    size_t queue_count;
    size_t turn;      /* which queue is asked first */
    bool known;       /* the kinds' rows were written */
    int64_t slots_us; /* when schedules, and leases, are looked at next; monotonic */
    int64_t reap_us;
};

static const char *
queue_of(const struct job_kind *kind)
{
    return kind->queue ? kind->queue : QUEUE_NORMAL;
}

static int
tries_of(const struct job_kind *kind)
{
    return kind->tries ? kind->tries : JOB_TRIES;
}

static const struct job_kind *
find_kind(const struct job_table *tables, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].count; k++)
            if (text_is(tables[i].rows[k].name, name))
                return &tables[i].rows[k];
    return NULL;
}

/* Calls fn for every kind of the tables. */
static struct err *
each_kind(const struct runner *r, struct err *(*fn)(void *arg, const struct job_kind *kind),
          void *arg)
{
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->tables[i].count; k++)
            TRY(fn(arg, &r->tables[i].rows[k]));
    return NULL;
}

/* ---- Made ---- */

static bool
is_among(const char *const *texts, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(texts[i], text))
            return true;
    return false;
}

static struct err *
add_queue(void *arg, const struct job_kind *kind)
{
    struct runner *r = arg;
    must(!kind->run != !kind->run_many && kind->batch >= 0 && kind->batch <= JOB_BATCH);
    if (is_among(r->queues, r->queue_count, queue_of(kind)))
        return NULL;
    must(r->queue_count < QUEUES_MOST);
    r->queues[r->queue_count++] = queue_of(kind);
    return NULL;
}

static struct err *
add_kind(void *arg, const struct job_kind *kind)
{
    struct runner *r = arg;
    if (!is_among(r->queues, r->queue_count, queue_of(kind)))
        return NULL;
    must(r->kind_count < KINDS_MOST);
    r->kinds[r->kind_count++] = kind->name;
    return NULL;
}

/* Of the queues there are, those that were asked for. */
static struct err *
choose_queues(struct arena *a, struct runner *r, const char *const *asked, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_among(r->queues, r->queue_count, asked[i]))
            return FAIL(a, ERR_INVALID, "queue.unknown_queue",
                        text_printf(a, "No kind of job belongs to the queue %s.", asked[i]));
    if (!n)
        return NULL;
    must(n <= QUEUES_MOST);
    for (size_t i = 0; i < n; i++)
        r->queues[i] = asked[i];
    r->queue_count = n;
    return NULL;
}

struct err *
runner_new(struct arena *process, const struct runner_options *how, struct runner **out)
{
    struct runner *r = NEW(process, struct runner);
    r->tables = how->tables;
    r->count = how->count;
    r->name = how->name;
    r->keeper = how->keeper;
    TRY(each_kind(r, add_queue, r));
    TRY(choose_queues(process, r, how->queues, how->queue_count));
    TRY(each_kind(r, add_kind, r));
    *out = r;
    return NULL;
}

/* ---- Kinds and schedules as rows ---- */

static struct err *
know_kind(void *arg, const struct job_kind *kind)
{
    struct work *w = arg;
    bool daily = kind->when < 0;
    return db_exec(w, Q_queue_know,
                   ARGS(arg_text(kind->name), arg_text(queue_of(kind)), arg_i64(w, tries_of(kind)),
                        kind->when > 0 ? arg_i64(w, kind->when) : arg_null(),
                        daily ? arg_i64(w, -kind->when - 1) : arg_null()),
                   NULL);
}

/* The history's partitions too: a runner that comes after a long time must be able to end a job. */
static struct err *
know_kinds(struct work *w, struct runner *r)
{
    struct scan s;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(each_kind(r, know_kind, w));
    TRY(db_exec(w, Q_queue_sort, NO_ARGS, NULL));
    TRY(db_one(w, Q_partitions_tend, NO_ARGS, &s));
    TRY(tx_commit(w));
    db_listen(w->db, Q_queue_listen);
    r->known = true;
    return NULL;
}

static struct err *
add_slots(struct work *w, const struct runner *r)
{
    struct rows added;
    tx_open(w, TX_OPERATOR_WRITE);
    tx_last(w);
    TRY(db_many(w, Q_queue_slots, ARGS(arg_texts(w, r->kinds, r->kind_count)), &added));
    return tx_commit(w);
}

/* What is done now and then, whatever is waiting. */
static struct err *
keep_house(struct work *w, struct runner *r)
{
    int64_t now = clock_mono_us();
    if (!r->known)
        TRY(know_kinds(w, r));
    if (now >= r->slots_us) {
        if (r->keeper)
            keeper_check(r->keeper);
        TRY(add_slots(w, r));
        r->slots_us = now + SLOTS_US;
    }
    if (now >= r->reap_us) {
        TRY(lease_reap(w));
        r->reap_us = now + REAP_US;
    }
    return NULL;
}

/* ---- Running ---- */

static struct err *
call(struct work *w, const struct job_kind *kind, const struct job *jobs, size_t n)
{
    w->vendor = n == 1 ? jobs[0].vendor : (struct vendor_id){ 0 };
    w->id = text_printf(w->arena, "job-%lld", (long long)jobs[0].id);
    struct err *e = kind->run_many ? kind->run_many(w, jobs, n) : kind->run(w, jobs);
    tx_rollback(w); /* whatever it left open; nothing after a commit */
    w->vendor.n = 0;
    return e;
}

static struct err *
note_failure(struct work *w, const struct job *j, const struct err *e)
{
    const char *error = text_printf(w->arena, "%s: %s%s%s", e->code, e->say ? e->say : "",
                                    e->log ? ": " : "", e->log ? e->log : "");
    return lease_fail(w, j, 1, "failed", error, NULL);
}

static void
log_end(struct work *w, const struct job_kind *kind, size_t n, int64_t began_us,
        const struct err *e)
{
    const char *took_us = text_i64(w->arena, clock_mono_us() - began_us);
    const char *many = n > 1 ? text_printf(w->arena, "%zu", n) : NULL;
    if (!e)
        log_info("job.done", "id", w->id, "kind", kind->name, "jobs", many, "took_us", took_us,
                 NULL);
    else
        log_warn("job.failed", "id", w->id, "kind", kind->name, "jobs", many, "took_us", took_us,
                 "code", e->code, "say", e->say, "why", e->log, "where", e->at, NULL);
}

static int
limit_of(const struct job_kind *kind)
{
    return kind->limit_s ? kind->limit_s : JOB_LIMIT_S;
}

/* `held`: how many are ours, from jobs[0] on; the first n of them run now. */
static struct err *
run_jobs(struct work *w, const struct runner *r, const struct job_kind *kind,
         const struct job *jobs, size_t n, size_t held)
{
    int64_t began_us = clock_mono_us();
    keeper_hold(r->keeper, jobs, held, n, limit_of(kind));
    struct err *e = call(w, kind, jobs, n);
    keeper_release(r->keeper);
    log_end(w, kind, n, began_us, e);
    return e;
}

/* One after the other, unless they turn out to take their time: then others may have the rest. */
static struct err *
run_each(struct work *w, const struct runner *r, const struct job_kind *kind,
         const struct job *jobs, size_t n)
{
    int64_t until_us = clock_mono_us() + RUN_EACH_US;
    for (size_t i = 0; i < n; i++) {
        if (i && clock_mono_us() >= until_us)
            return lease_give_back(w, jobs + i, n - i);
        struct err *e = run_jobs(w, r, kind, jobs + i, 1, n - i);
        if (e)
            TRY(note_failure(w, jobs + i, e));
    }
    return NULL;
}

/* A batch that failed has changed nothing; which job it was shows when each is tried alone. */
static struct err *
run_claimed(struct work *w, const struct runner *r, const struct job_kind *kind,
            const struct claim *c)
{
    bool together = kind->run_many && c->count > 1;
    if (together && !run_jobs(w, r, kind, c->jobs, c->count, c->count))
        return NULL;
    if (together)
        TRY(lease_renew(w, c->jobs, c->count));
    return run_each(w, r, kind, c->jobs, c->count);
}

struct err *
runner_turn(struct work *w, struct runner *r, bool *ran)
{
    const char *queues[QUEUES_MOST];
    struct claim c;
    TRY(keep_house(w, r));
    for (size_t i = 0; i < r->queue_count; i++)
        queues[i] = r->queues[(r->turn + i) % r->queue_count];
    r->turn++;
    TRY(lease_claim(w, arg_texts(w, r->kinds, r->kind_count), arg_texts(w, queues, r->queue_count),
                    r->name, &c));
    *ran = c.count > 0;
    if (!c.count)
        return NULL;
    const struct job_kind *kind = find_kind(r->tables, r->count, c.jobs[0].kind);
    must(kind);
    if (kind->batch > 1)
        TRY(lease_claim_more(w, r->name, (size_t)kind->batch - 1, &c));
    for (size_t i = 0; i < c.count; i++)
        c.jobs[i].relaxed = kind->relaxed;
    return run_claimed(w, r, kind, &c);
}

struct err *
runner_wait(struct work *w, struct runner *r)
{
    struct scan s;
    tx_open(w, TX_OPERATOR_READ);
    TRY(db_one(w, Q_queue_next_due,
               ARGS(arg_texts(w, r->kinds, r->kind_count), arg_texts(w, r->queues, r->queue_count)),
               &s));
    int64_t due_ms = (scan_i64(&s) + 999) / 1000;
    scan_end(&s);
    tx_rollback(w);
    if (due_ms < WAIT_MOST_MS)
        r->slots_us = 0; /* what is due may be a schedule */
    db_wait(w->db, due_ms < WAIT_MOST_MS ? due_ms : WAIT_MOST_MS);
    return NULL;
}

struct err *
queue_once(struct work *w, const struct job_table *tables, size_t n, const char *name)
{
    const struct job_kind *kind = find_kind(tables, n, name);
    if (!kind)
        return FAIL(w->arena, ERR_NOT_FOUND, "queue.unknown",
                    text_printf(w->arena, "There is no job called %s.", name));
    struct job j = { .kind = name, .key = "", .args = "{}", .attempt = 1 };
    return call(w, kind, &j, 1);
}
