/* The outbox for programs of the operator. */
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "http/site.h"
#include "mail/filter.h"
#include "mail/outbox.h"
#include "mail/routes.h"

static void
put_line(struct json *j, const struct mail_line *m)
{
    json_put_id(j, "id", m->id);
    json_put_text(j, "state", m->state);
    json_put_text(j, "kind", m->kind);
    json_put_text(j, "address", m->address);
    json_put_text(j, "name", m->name);
    json_put_text(j, "language", m->language);
    json_put_text(j, "vendor", *m->vendor ? m->vendor : NULL);
    json_put_i64(j, "attempts", m->attempt);
    json_put_text(j, "answer", *m->answer ? m->answer : NULL);
    json_put_time(j, "created_at", m->created_us);
    json_put_time(j, "due_at", m->due_us);
    json_put_time_or_null(j, "ended_at", m->ended_us);
}

struct err *
outbox_get_list(struct req *r)
{
    struct mail_filter f;
    struct mail_line *all;
    size_t n;
    bool more;
    TRY(outbox_read_filter(r, &f));
    TRY(outbox_load_page(r, &f, &all, &n, &more));

    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        put_line(&j, &all[i]);
        json_put_end(&j);
    }
    json_put_end(&j);
    if (more)
        json_put_id(&j, "next_cursor", all[n - 1].id);
    else
        json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* With what became of each attempt. */
static struct err *
answer_one(struct req *r, int64_t id)
{
    struct mail_line m;
    struct mail_answer *answers;
    size_t n;
    TRY(outbox_one(r->work, id, &m));
    TRY(outbox_answers(r->work, id, &answers, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    put_line(&j, &m);
    json_put_array(&j, "answers");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_time(&j, "at", answers[i].at_us);
        json_put_text(&j, "outcome", answers[i].outcome);
        json_put_text(&j, "answer", answers[i].answer);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
outbox_get_one(struct req *r)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    return answer_one(r, id);
}

struct err *
outbox_post_resend_json(struct req *r)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    TRY(outbox_resend(r->work, id));
    return answer_one(r, id);
}

struct err *
outbox_post_discard_json(struct req *r)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    TRY(outbox_discard(r->work, id));
    return answer_one(r, id);
}

/* ---- Addresses that get nothing ---- */

struct err *
suppression_get(struct req *r)
{
    struct suppression_filter f;
    struct suppression *all;
    size_t n;
    bool more;
    TRY(suppression_load_page(r, &f, &all, &n, &more));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_text(&j, "address", all[i].address);
        json_put_text(&j, "reason", all[i].reason);
        json_put_bool(&j, "bounced", all[i].bounced);
        json_put_time(&j, "created_at", all[i].created_us);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_text(&j, "next_cursor", more ? all[n - 1].address : NULL);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
suppression_post_json(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    const char *address = form_word(&f, "address", 3, 254);
    const char *reason = form_text(&f, "reason", 1, 500);
    TRY(form_done(&f));
    TRY(suppression_add(r->work, address, reason));
    return no_content(r);
}

struct err *
suppression_delete(struct req *r)
{
    TRY(suppression_remove(r->work, r->params[0]));
    return no_content(r);
}
