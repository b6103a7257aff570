/* /admin/jobs: the states as tabs, the queues above them; one job; the schedules. */
#include "base/text.h"
#include "desk/jobs.h"
#include "desk/routes.h"
#include "http/form.h"
#include "view/value.h"

/* ---- Jobs ---- */

static void
set_known_time(struct val *m, const char *name, int64_t at_us)
{
    if (at_us)
        val_set_time(m, name, at_us);
}

static void
job_model(struct arena *a, struct val *m, const struct job_row *row)
{
    val_set_i64(m, "id", row->id);
    val_set_text(m, "path", text_printf(a, "/admin/jobs/%lld", (long long)row->id));
    val_set_text(m, "kind", row->kind);
    val_set_text(m, "key", row->key);
    val_set_text(m, "queue", row->queue);
    val_set_text(m, "args", row->args);
    val_set_text(m, "error", row->error);
    val_set_text(m, "result", row->result);
    val_set_text(m, "runner", row->runner);
    val_set_count(m, "attempt", row->attempt);
    val_set_bool(m, "tried", row->attempt > 0);
    val_set_bool(val_set_map(m, "is"), row->discarded ? "discarded" : job_tab_names[row->tab],
                 true);
    val_set_bool(m, "changeable", row->tab != TAB_RUNNING && row->tab != TAB_DONE);
    if (row->vendor.n)
        val_set_i64(m, "vendor", row->vendor.n);
    set_known_time(m, "created", row->created_us);
    set_known_time(m, "due", row->run_at_us);
    set_known_time(m, "started", row->started_us);
    set_known_time(m, "ended", row->ended_us);
}

/* "10,000+" where counting ended. */
static void
set_capped(struct val *m, int64_t n)
{
    val_set_count(m, "count", n > JOB_COUNT_MOST ? JOB_COUNT_MOST : n);
    val_set_bool(m, "capped", n > JOB_COUNT_MOST);
}

static struct err *
set_tabs(struct req *r, struct val *m, enum job_tab now)
{
    int64_t counts[JOB_TABS];
    struct arena *a = r->work->arena;
    struct val *tabs = val_set_list(m, "tabs");
    TRY(jobs_count(r->work, counts));
    for (int i = 0; i < JOB_TABS; i++) {
        struct val *tab = val_add_map(tabs);
        val_set_text(tab, "path", text_printf(a, "/admin/jobs?state=%s", job_tab_names[i]));
        val_set_word(tab, "label", text_printf(a, "jobs.state.%s", job_tab_names[i]));
        val_set_bool(tab, "current", i == (int)now);
        set_capped(tab, counts[i]);
    }
    return NULL;
}

static struct err *
set_queues(struct req *r, struct val *m)
{
    struct queue_row *all;
    size_t n;
    struct arena *a = r->work->arena;
    struct val *list = val_set_list(m, "queues");
    TRY(queues_list(r->work, &all, &n));
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        val_set_text(row, "name", all[i].name);
        val_set_text(row, "path",
                     text_printf(a, "/admin/jobs/queues/%s", url_part(a, all[i].name)));
        set_capped(val_set_map(row, "waiting"), all[i].waiting);
        set_capped(val_set_map(row, "running"), all[i].running);
        set_known_time(row, "oldest", all[i].oldest_us);
        val_set_count(row, "per_minute", all[i].per_minute);
        val_set_bool(row, "paused", all[i].paused);
    }
    val_set_bool(m, "has_queues", n > 0);
    return NULL;
}

struct err *
desk_show_jobs(struct req *r)
{
    struct job_filter f;
    struct job_rows rows;
    TRY(desk_read_filter(r, &f));
    TRY(jobs_list(r->work, &f, &rows));

    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *list = val_set_list(m, "jobs");
    for (size_t i = 0; i < rows.count; i++)
        job_model(a, val_add_map(list), &rows.at[i]);
    val_set_bool(m, "has_jobs", rows.count > 0);
    val_set_text(m, "state", job_tab_names[f.tab]);
    form_prefill(m, "queue", f.queue);
    form_prefill(m, "kind", f.kind);
    val_set_bool(m, "filtered", f.queue || f.kind);
    TRY(set_tabs(r, m, f.tab));
    TRY(set_queues(r, m));
    if (f.behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (rows.more)
        val_set_text(m, "older", query_with(r, "cursor", text_i64(a, rows.at[rows.count - 1].id)));
    return page(r, "admin/jobs/index", m);
}

static struct err *
set_runs(struct req *r, struct val *m, int64_t id)
{
    struct run_row *all;
    size_t n;
    struct val *list = val_set_list(m, "runs");
    TRY(jobs_runs(r->work, id, &all, &n));
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        val_set_count(row, "attempt", all[i].attempt);
        val_set_word(row, "outcome",
                     text_printf(r->work->arena, "jobs.outcome.%s", all[i].outcome));
        val_set_text(row, "error", all[i].error);
        val_set_text(row, "runner", all[i].runner);
        val_set_time(row, "ended", all[i].ended_us);
        val_set_bool(row, "timed", all[i].started_us != 0);
        val_set_count(row, "took_ms", (all[i].ended_us - all[i].started_us) / 1000);
    }
    val_set_bool(m, "has_runs", n > 0);
    return NULL;
}

struct err *
desk_show_job(struct req *r)
{
    struct job_row row;
    struct val *m = val_map(r->work->arena);
    TRY(desk_load_job(r, &row));
    job_model(r->work->arena, m, &row);
    TRY(set_runs(r, m, row.id));
    return page(r, "admin/jobs/show", m);
}

struct err *
desk_show_job_discard(struct req *r)
{
    struct job_row row;
    struct val *m = val_map(r->work->arena);
    TRY(desk_load_job(r, &row));
    job_model(r->work->arena, m, &row);
    return page(r, "admin/jobs/discard", m);
}

static struct err *
back_to_job(struct req *r, const char *done)
{
    return see_other(r, text_printf(r->work->arena, "/admin/jobs/%s?done=%s", r->params[0], done));
}

struct err *
desk_post_job_retry(struct req *r)
{
    TRY(desk_retry(r));
    return back_to_job(r, "jobs.retried");
}

struct err *
desk_post_job_discard(struct req *r)
{
    TRY(desk_discard(r));
    return back_to_job(r, "jobs.discarded");
}

/* ---- Queues ---- */

struct err *
desk_post_queue_pause(struct req *r)
{
    TRY(queues_pause(r->work, r->params[0], true));
    TRY(desk_note(r, "queue", "queue.paused"));
    return see_other(r, "/admin/jobs?done=jobs.queue_paused");
}

struct err *
desk_post_queue_resume(struct req *r)
{
    TRY(queues_pause(r->work, r->params[0], false));
    TRY(desk_note(r, "queue", "queue.resumed"));
    return see_other(r, "/admin/jobs?done=jobs.queue_resumed");
}

/* ---- Schedules ---- */

/* In the largest unit that divides it: every 60 s is every minute. */
static void
set_every(struct val *m, const struct schedule_row *row)
{
    static const struct {
        int64_t s;
        const char *word;
    } units[] = {
        { 86400, "jobs.every_days" },
        { 3600, "jobs.every_hours" },
        { 60, "jobs.every_minutes" },
        { 1, "jobs.every_seconds" },
    };
    size_t i = 0;
    while (row->every_s % units[i].s)
        i++;
    val_set_count(m, "count", row->every_s / units[i].s);
    val_set_word(m, "when", units[i].word);
}

static void
set_daily(struct arena *a, struct val *m, const struct schedule_row *row)
{
    val_set_text(m, "clock",
                 text_printf(a, "%02d:%02d", (int)(row->at_s / 3600), (int)(row->at_s / 60 % 60)));
    val_set_word(m, "when", "jobs.daily");
}

static void
schedule_model(struct arena *a, struct val *m, const struct schedule_row *row)
{
    val_set_text(m, "kind", row->kind);
    val_set_text(m, "path", text_printf(a, "/admin/jobs/schedules/%s", url_part(a, row->kind)));
    val_set_text(m, "queue", row->queue);
    if (row->every_s)
        set_every(m, row);
    else
        set_daily(a, m, row);
    val_set_time(m, "next", row->next_us);
    set_known_time(m, "last", row->last_us);
    val_set_bool(m, "paused", row->paused);
}

struct err *
desk_show_schedules(struct req *r)
{
    struct schedule_row *all;
    size_t n;
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *list = val_set_list(m, "schedules");
    TRY(schedules_list(r->work, &all, &n));
    for (size_t i = 0; i < n; i++)
        schedule_model(a, val_add_map(list), &all[i]);
    val_set_bool(m, "has_schedules", n > 0);
    return page(r, "admin/jobs/schedules", m);
}

static struct err *
back_to_schedules(struct req *r, const char *done)
{
    return see_other(r, text_printf(r->work->arena, "/admin/jobs/schedules?done=%s", done));
}

struct err *
desk_post_schedule_run(struct req *r)
{
    TRY(schedules_run(r->work, r->params[0]));
    TRY(desk_note(r, "schedule", "schedule.run"));
    return back_to_schedules(r, "jobs.schedule_run");
}

struct err *
desk_post_schedule_pause(struct req *r)
{
    TRY(schedules_pause(r->work, r->params[0], true));
    TRY(desk_note(r, "schedule", "schedule.paused"));
    return back_to_schedules(r, "jobs.schedule_paused");
}

struct err *
desk_post_schedule_resume(struct req *r)
{
    TRY(schedules_pause(r->work, r->params[0], false));
    TRY(desk_note(r, "schedule", "schedule.resumed"));
    return back_to_schedules(r, "jobs.schedule_resumed");
}
