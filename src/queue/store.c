/* The rows of jobs and reports. */
#include "base/text.h"
#include "db/db.h"
#include "queue/queue.h"

struct err *
queue_add_with(struct work *w, const struct job_draft *draft, bool *added)
{
    struct scan s;
    TRY(db_one(w, Q_queue_add,
               ARGS(arg_text(draft->kind), arg_text(draft->key ? draft->key : ""),
                    arg_text(draft->args ? draft->args : "{}"),
                    w->vendor.n ? arg_i64(w, w->vendor.n) : arg_null(),
                    draft->run_at_us ? arg_time(w, draft->run_at_us) : arg_null(),
                    arg_i64(w, draft->priority)),
               &s));
    bool is_new = scan_bool(&s);
    scan_end(&s);
    if (added)
        *added = is_new;
    return NULL;
}

struct err *
queue_add(struct work *w, const char *kind, const char *key, const char *args, bool *added)
{
    return queue_add_with(w, &(struct job_draft){ kind, key, args, 0, 0 }, added);
}

struct err *
queue_newest(struct work *w, const char *kind, bool *found, struct job_view *out)
{
    struct scan s;
    TRY(db_maybe(w, Q_queue_newest, ARGS(arg_text(kind)), found, &s));
    if (!*found)
        return NULL;
    struct job_view v = { 0 };
    scan_skip(&s); /* id */
    v.state = scan_text(&s);
    v.args = scan_text(&s);
    v.result = scan_text(&s);
    v.error = scan_text(&s);
    v.created_us = scan_time(&s);
    v.ended_us = scan_time(&s);
    scan_end(&s);
    *out = v;
    return NULL;
}

struct err *
report_save(struct work *w, const char *name, const char *body_json)
{
    return db_exec(w, Q_report_save,
                   ARGS(arg_text(name), arg_time(w, w->now_us), arg_text(body_json)), NULL);
}

struct err *
report_load(struct work *w, const char *name, bool *found, int64_t *taken_us, const char **body)
{
    struct scan s;
    TRY(db_maybe(w, Q_report_load, ARGS(arg_text(name)), found, &s));
    if (!*found)
        return NULL;
    *taken_us = scan_time(&s);
    *body = scan_text(&s);
    scan_end(&s);
    return NULL;
}
