/* Acts on jobs, and what is read of a request about them. */
#include "desk/jobs.h"

#include "audit/audit.h"
#include "base/text.h"

#define PAGE      50
#define PAGE_MOST 200

static const char *
filter_text(const struct req *r, const char *name)
{
    const char *text = query_text(r, name);
    return text && *text ? text : NULL;
}

static struct err *
bad_filter(struct req *r, const char *name)
{
    return FAIL_FIELD(r->work->arena, ERR_INVALID, "queue.filter", name,
                      "This filter cannot be read.");
}

static bool
read_tab(const char *name, enum job_tab *out)
{
    for (int i = 0; i < JOB_TABS; i++)
        if (text_is(job_tab_names[i], name)) {
            *out = (enum job_tab)i;
            return true;
        }
    return false;
}

struct err *
desk_read_filter(struct req *r, struct job_filter *out)
{
    struct job_filter f = { .queue = filter_text(r, "queue"), .kind = filter_text(r, "kind") };
    const char *state = filter_text(r, "state"), *cursor = filter_text(r, "cursor");
    if (state && !read_tab(state, &f.tab))
        return bad_filter(r, "state");
    if (cursor && !text_to_id(cursor, &f.behind))
        return bad_filter(r, "cursor");
    TRY(query_limit(r, PAGE, PAGE_MOST, &f.limit));
    *out = f;
    return NULL;
}

struct err *
desk_load_job(struct req *r, struct job_row *out)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    return jobs_load(r->work, id, out);
}

/* The state before is what the log needs: the error of a job that is discarded stays in its row. */
static struct err *
note_job(struct req *r, const struct job_row *before, const char *what)
{
    struct work *w = r->work;
    struct audit_act act = {
        .what = what,
        .object = audit_object(w, "job", before->id),
        .before = text_printf(w->arena, "{\"kind\": \"%s\", \"state\": \"%s\", \"attempt\": %d}",
                              before->kind, job_tab_names[before->tab], before->attempt),
    };
    return audit_note(w, &act);
}

static struct err *
act_on_job(struct req *r, struct err *(*act)(struct work *w, int64_t id), const char *what)
{
    struct job_row before;
    TRY(desk_load_job(r, &before));
    TRY(act(r->work, before.id));
    return note_job(r, &before, what);
}

struct err *
desk_retry(struct req *r)
{
    return act_on_job(r, jobs_retry, "job.retried");
}

struct err *
desk_discard(struct req *r)
{
    return act_on_job(r, jobs_discard, "job.discarded");
}

struct err *
desk_note(struct req *r, const char *kind, const char *what)
{
    struct audit_act act = {
        .what = what,
        .object = text_printf(r->work->arena, "%s:%s", kind, r->params[0]),
    };
    return audit_note(r->work, &act);
}
