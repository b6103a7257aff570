/* Jobs for programs of the operator. */
#include <string.h>

#include "base/text.h"
#include "desk/jobs.h"
#include "desk/routes.h"
#include "http/json.h"

static void
put_raw(struct json *j, const char *name, const char *json)
{
    if (*json)
        json_put_raw(j, name, BYTES(json, strlen(json)));
    else
        json_put_null(j, name);
}

static void
put_time(struct json *j, const char *name, int64_t at_us)
{
    if (at_us)
        json_put_time(j, name, at_us);
    else
        json_put_null(j, name);
}

/* Open still: one job says more. */
static void
put_job(struct json *j, const struct job_row *row)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", row->id);
    json_put_text(j, "kind", row->kind);
    json_put_text(j, "key", row->key);
    json_put_text(j, "queue", row->queue);
    json_put_text(j, "state", row->discarded ? "discarded" : job_tab_names[row->tab]);
    json_put_i64(j, "attempt", row->attempt);
    json_put_i64(j, "priority", row->priority);
    if (row->vendor.n)
        json_put_id(j, "vendor", row->vendor.n);
    else
        json_put_null(j, "vendor");
    put_raw(j, "args", row->args);
    put_raw(j, "result", row->result);
    json_put_text(j, "error", *row->error ? row->error : NULL);
    json_put_text(j, "runner", *row->runner ? row->runner : NULL);
    json_put_time(j, "created_at", row->created_us);
    put_time(j, "run_at", row->run_at_us);
    put_time(j, "started_at", row->started_us);
    put_time(j, "ended_at", row->ended_us);
}

struct err *
desk_get_jobs(struct req *r)
{
    struct job_filter f;
    struct job_rows rows;
    TRY(desk_read_filter(r, &f));
    TRY(jobs_list(r->work, &f, &rows));

    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < rows.count; i++) {
        put_job(&j, &rows.at[i]);
        json_put_end(&j);
    }
    json_put_end(&j);
    if (rows.more)
        json_put_id(&j, "next_cursor", rows.at[rows.count - 1].id);
    else
        json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
desk_get_job(struct req *r)
{
    struct job_row row;
    struct run_row *runs;
    size_t n;
    TRY(desk_load_job(r, &row));
    TRY(jobs_runs(r->work, row.id, &runs, &n));
    struct json j = json_begin(r->work->arena);
    put_job(&j, &row);
    json_put_array(&j, "runs");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_i64(&j, "attempt", runs[i].attempt);
        json_put_text(&j, "outcome", runs[i].outcome);
        json_put_text(&j, "error", *runs[i].error ? runs[i].error : NULL);
        json_put_text(&j, "runner", *runs[i].runner ? runs[i].runner : NULL);
        put_time(&j, "started_at", runs[i].started_us);
        json_put_time(&j, "ended_at", runs[i].ended_us);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
desk_retry_job(struct req *r)
{
    TRY(desk_retry(r));
    return desk_get_job(r);
}

struct err *
desk_discard_job(struct req *r)
{
    TRY(desk_discard(r));
    return desk_get_job(r);
}
