/* The runner's turn. The claim is a short transaction of its own, so that a job that takes long
 * holds no row; the lease tells other runners that somebody is at it. Waits between tries grow, so
 * that what is broken for a while is not hammered and what is broken for good ends as dead, in
 * sight. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "queue/queue.h"

static const struct job_kind *
find_kind(const struct job_table *tables, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].count; k++)
            if (text_is(tables[i].rows[k].name, name))
                return &tables[i].rows[k];
    return NULL;
}

/* Runs `fn` in an operator transaction: the queue belongs to the platform, not to a tenant. */
static struct err *
in_transaction(struct work *w, struct err *(*fn)(struct work *w, void *arg), void *arg)
{
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = fn(w, arg);
    if (!e)
        return tx_commit(w);
    tx_rollback(w);
    return e;
}

struct slot {
    const struct job_kind *kind;
    bool added;
};

static struct err *
add_slot(struct work *w, void *arg)
{
    struct slot *slot = arg;
    struct scan s;
    TRY(db_one(
        w, Q_queue_slot,
        ARGS(arg_text(slot->kind->name), arg_i64(w, slot->kind->every_s), arg_time(w, w->now_us)),
        &s));
    slot->added = scan_bool(&s);
    scan_end(&s);
    return NULL;
}

static struct err *
add_due(struct work *w, const struct job_table *tables, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].count; k++) {
            struct slot slot = { .kind = &tables[i].rows[k] };
            if (slot.kind->every_s)
                TRY(in_transaction(w, add_slot, &slot));
        }
    return NULL;
}

struct claim {
    const char *const *kinds;
    size_t count;
    bool found;
    struct job job;
};

static struct err *
claim_one(struct work *w, void *arg)
{
    struct claim *c = arg;
    struct scan s;
    TRY(db_maybe(w, Q_queue_claim, ARGS(arg_texts(w, c->kinds, c->count)), &c->found, &s));
    if (!c->found)
        return NULL;
    c->job.id = scan_i64(&s);
    c->job.kind = scan_text(&s);
    c->job.key = scan_text(&s);
    c->job.args = scan_text(&s);
    c->job.vendor.n = scan_i64(&s);
    c->job.attempt = (int)scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct outcome {
    const struct job_kind *kind;
    const struct job *job;
    const struct err *failure;
};

static struct err *
note_failure(struct work *w, void *arg)
{
    const struct outcome *o = arg;
    const struct job *j = o->job;
    const char *say =
        text_printf(w->arena, "%s: %s%s%s", o->failure->code, o->failure->say,
                    o->failure->log ? ": " : "", o->failure->log ? o->failure->log : "");
    if (j->attempt >= o->kind->tries)
        return db_exec(w, Q_queue_bury,
                       ARGS(arg_i64(w, j->id), arg_i64(w, j->attempt), arg_text(say)), NULL);
    int64_t wait_s = INT64_C(1) << (j->attempt < 12 ? j->attempt : 12);
    return db_exec(
        w, Q_queue_retry,
        ARGS(arg_i64(w, j->id), arg_i64(w, j->attempt), arg_i64(w, wait_s), arg_text(say)), NULL);
}

static struct err *
run_job(struct work *w, const struct job_kind *kind, const struct job *j)
{
    int64_t began_us = clock_mono_us();
    w->vendor = j->vendor;
    w->id = text_printf(w->arena, "job-%lld", (long long)j->id);
    struct err *e = kind->run(w, j);
    tx_rollback(w); /* whatever it left open; nothing after a commit */
    w->vendor.n = 0;

    const char *took_us = text_i64(w->arena, clock_mono_us() - began_us);
    if (!e) {
        log_info("job.done", "id", w->id, "kind", kind->name, "took_us", took_us, NULL);
        return NULL;
    }
    log_warn("job.failed", "id", w->id, "kind", kind->name, "took_us", took_us, "code", e->code,
             "say", e->say, "why", e->log, "where", e->at, NULL);
    struct outcome o = { kind, j, e };
    return in_transaction(w, note_failure, &o);
}

struct err *
queue_turn(struct work *w, const struct job_table *tables, size_t n, bool *ran)
{
    const char *kinds[64];
    struct claim c = { .kinds = kinds };
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].count; k++) {
            must(c.count < COUNT(kinds));
            kinds[c.count++] = tables[i].rows[k].name;
        }
    TRY(add_due(w, tables, n));
    TRY(in_transaction(w, claim_one, &c));
    *ran = c.found;
    if (!c.found)
        return NULL;
    const struct job_kind *kind = find_kind(tables, n, c.job.kind);
    must(kind);
    return run_job(w, kind, &c.job);
}

struct err *
queue_once(struct work *w, const struct job_table *tables, size_t n, const char *name)
{
    const struct job_kind *kind = find_kind(tables, n, name);
    if (!kind)
        return FAIL(w->arena, ERR_NOT_FOUND, "queue.unknown",
                    text_printf(w->arena, "There is no job called %s.", name));
    struct job j = { .kind = name, .key = "", .args = "{}", .attempt = 1 };
    struct err *e = kind->run(w, &j);
    tx_rollback(w);
    return e;
}
