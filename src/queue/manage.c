/* The operator's side of the queue. Counts end at a ceiling, since a page must open fastest when
 * there are most jobs. */
#include "queue/manage.h"

#include "base/text.h"
#include "db/db.h"

const char *const job_tab_names[JOB_TABS] = {
    [TAB_WAITING] = "waiting", [TAB_RUNNING] = "running", [TAB_FAILED] = "failed",
    [TAB_DEAD] = "dead",       [TAB_DONE] = "done",
};

static struct err *
no_job(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "queue.no_job", "There is no such job.");
}

/* ---- Jobs ---- */

static void
scan_row(struct scan *s, enum job_tab tab, struct job_row *row)
{
    row->tab = tab;
    row->id = scan_i64(s);
    row->kind = scan_text(s);
    row->key = scan_text(s);
    row->queue = scan_text(s);
    row->args = scan_text(s);
    row->error = scan_text(s);
    row->result = scan_text(s);
    row->runner = scan_text(s);
    row->discarded = scan_bool(s);
    row->attempt = (int)scan_i64(s);
    row->priority = (int)scan_i64(s);
    row->vendor.n = scan_i64(s);
    row->created_us = scan_time(s);
    row->run_at_us = scan_time(s);
    row->started_us = scan_time(s);
    row->ended_us = scan_time(s);
    scan_end(s);
}

struct err *
jobs_list(struct work *w, const struct job_filter *f, struct job_rows *out)
{
    struct rows rows;
    TRY(db_many(w, Q_queue_list,
                ARGS(arg_text(job_tab_names[f->tab]), arg_text(f->queue), arg_text(f->kind),
                     f->behind ? arg_i64(w, f->behind) : arg_null(), arg_i64(w, f->limit + 1)),
                &rows));
    size_t n = (size_t)rows.count;
    out->more = rows.count > f->limit;
    out->count = out->more ? n - 1 : n;
    out->at = NEW_ARRAY(w->arena, struct job_row, n + 1);
    for (size_t i = 0; i < out->count; i++) {
        struct scan s = rows_at(&rows, (int)i);
        scan_row(&s, f->tab, &out->at[i]);
    }
    return NULL;
}

struct err *
jobs_load(struct work *w, int64_t id, struct job_row *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_queue_load, ARGS(arg_i64(w, id)), &found, &s));
    if (!found)
        return no_job(w);
    enum job_tab tab = (enum job_tab)scan_enum(&s, job_tab_names, JOB_TABS);
    scan_row(&s, tab, out);
    return NULL;
}

struct err *
jobs_count(struct work *w, int64_t out[JOB_TABS])
{
    struct scan s;
    TRY(db_one(w, Q_queue_count, ARGS(arg_i64(w, JOB_COUNT_MOST + 1)), &s));
    for (int i = 0; i < JOB_TABS; i++)
        out[i] = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct err *
jobs_runs(struct work *w, int64_t id, struct run_row **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_queue_runs, ARGS(arg_i64(w, id)), &rows));
    struct run_row *all = NEW_ARRAY(w->arena, struct run_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].attempt = (int)scan_i64(&s);
        all[i].outcome = scan_text(&s);
        all[i].error = scan_text(&s);
        all[i].runner = scan_text(&s);
        all[i].started_us = scan_time(&s);
        all[i].ended_us = scan_time(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

/* Why nothing was changed: there is no such job, or it is not one that waits. */
static struct err *
not_changed(struct work *w, int64_t id)
{
    struct job_row row;
    TRY(jobs_load(w, id, &row));
    return FAIL(w->arena, ERR_CONFLICT, "queue.not_waiting", "This job runs, or has ended.");
}

struct err *
jobs_retry(struct work *w, int64_t id)
{
    static const struct db_refusal refusals[] = {
        { "job_live_once", "queue.live", NULL, "Another job like this one waits or runs already." },
    };
    struct scan s;
    bool found;
    struct err *e = db_maybe(w, Q_queue_retry, ARGS(arg_i64(w, id)), &found, &s);
    TRY(db_refusal(w, e, refusals, COUNT(refusals)));
    return found ? NULL : not_changed(w, id);
}

struct err *
jobs_discard(struct work *w, int64_t id)
{
    int64_t affected;
    TRY(db_exec(w, Q_queue_discard, ARGS(arg_i64(w, id)), &affected));
    return affected ? NULL : not_changed(w, id);
}

/* ---- Queues ---- */

struct err *
queues_list(struct work *w, struct queue_row **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_queue_queues, ARGS(arg_i64(w, JOB_COUNT_MOST + 1)), &rows));
    struct queue_row *all = NEW_ARRAY(w->arena, struct queue_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].name = scan_text(&s);
        all[i].waiting = scan_i64(&s);
        all[i].running = scan_i64(&s);
        all[i].oldest_us = scan_time(&s);
        all[i].per_minute = scan_i64(&s);
        all[i].paused = scan_bool(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
queues_pause(struct work *w, const char *name, bool paused)
{
    int64_t affected;
    TRY(db_exec(w, paused ? Q_queue_pause : Q_queue_resume, ARGS(arg_text(name)), &affected));
    if (paused && !affected)
        return FAIL(w->arena, ERR_NOT_FOUND, "queue.no_queue", "There is no such queue.");
    return NULL;
}

/* ---- Schedules ---- */

static struct err *
no_schedule(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "queue.no_schedule", "There is no such schedule.");
}

struct err *
schedules_list(struct work *w, struct schedule_row **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_queue_schedules, NO_ARGS, &rows));
    struct schedule_row *all = NEW_ARRAY(w->arena, struct schedule_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].kind = scan_text(&s);
        all[i].queue = scan_text(&s);
        all[i].every_s = scan_i64(&s);
        all[i].at_s = scan_i64(&s);
        all[i].next_us = scan_time(&s);
        all[i].last_us = scan_time(&s);
        all[i].paused = scan_bool(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
schedules_pause(struct work *w, const char *kind, bool paused)
{
    int64_t affected;
    TRY(db_exec(w, Q_queue_schedule_pause, ARGS(arg_text(kind), arg_bool(paused)), &affected));
    return affected ? NULL : no_schedule(w);
}

struct err *
schedules_run(struct work *w, const char *kind)
{
    struct scan s;
    TRY(db_one(w, Q_queue_has_schedule, ARGS(arg_text(kind)), &s));
    if (!scan_bool(&s))
        return no_schedule(w);
    return queue_add(w, kind, "", "{}", NULL);
}
