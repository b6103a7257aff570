/* /api/v1/vendor/webhooks: the same for programs. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "hooks/endpoint.h"
#include "hooks/filter.h"
#include "hooks/routes.h"
#include "http/cursor.h"
#include "http/form.h"
#include "http/json.h"

/* `secret`: only when it was made just now. */
static void
put_endpoint(struct json *j, struct arena *a, const struct endpoint *e, const char *secret)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", e->id);
    json_put_text(j, "address", e->address);
    json_put_text(j, "description", e->description);
    json_put_array(j, "events");
    for (char *rest = text_copy(a, e->events), *name; (name = strsep(&rest, " "));)
        json_put_text(j, NULL, name);
    json_put_end(j);
    json_put_bool(j, "enabled", e->enabled);
    json_put_text(j, "stopped_why", e->enabled ? NULL : e->stopped_why);
    if (secret)
        json_put_text(j, "secret", secret);
    json_put_time_or_null(j, "old_secret_until", e->old_until_us);
    json_put_time_or_null(j, "failing_since", e->failing_us);
    json_put_time_or_null(j, "answered_at", e->answered_us);
    json_put_time(j, "created_at", e->created_us);
    json_put_end(j);
}

static struct err *
answer_endpoint(struct req *r, int status, int64_t id, const char *secret)
{
    struct endpoint e;
    struct json j = json_begin(r->work->arena);
    TRY(endpoint_load(r->work, id, &e));
    r->resp.secret = secret != NULL;
    put_endpoint(&j, r->work->arena, &e, secret);
    return json_answer(r, status, &j.out);
}

struct err *
hooks_get_list_json(struct req *r)
{
    struct endpoint *all;
    size_t n;
    TRY(endpoint_list(r->work, &all, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++)
        put_endpoint(&j, r->work->arena, &all[i], NULL);
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
hooks_post_new_json(struct req *r)
{
    struct form f;
    struct endpoint_draft draft;
    const char *secret;
    int64_t id;
    TRY(form_read(r, &f));
    endpoint_read(&f, NULL, &draft);
    TRY(form_done(&f));
    TRY(endpoint_add(r->work, &draft, &id, &secret));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/webhooks/%lld", (long long)id));
    return answer_endpoint(r, 201, id, secret);
}

struct err *
hooks_get_one_json(struct req *r)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    return answer_endpoint(r, 200, id, NULL);
}

struct err *
hooks_patch_one_json(struct req *r)
{
    struct endpoint before;
    struct form f;
    struct endpoint_draft draft;
    TRY(endpoint_named(r, &before));
    TRY(form_read(r, &f));
    endpoint_read(&f, &before, &draft);
    TRY(form_done(&f));
    TRY(endpoint_save(r->work, &before, &draft));
    return answer_endpoint(r, 200, before.id, NULL);
}

struct err *
hooks_delete_one_json(struct req *r)
{
    struct endpoint e;
    TRY(endpoint_named(r, &e));
    TRY(endpoint_remove(r->work, &e));
    return no_content(r);
}

struct err *
hooks_post_secret_json(struct req *r)
{
    struct endpoint e;
    const char *secret;
    TRY(endpoint_named(r, &e));
    TRY(endpoint_rotate(r->work, &e, &secret));
    return answer_endpoint(r, 200, e.id, secret);
}

/* ---- Deliveries ---- */

static void
put_delivery(struct json *j, const struct delivery *d)
{
    json_put_id(j, "id", d->id);
    json_put_text(j, "event_id", d->event_id);
    json_put_text(j, "type", d->event);
    json_put_object(j, "object");
    json_put_text(j, "kind", d->kind);
    json_put_id(j, "id", d->object);
    json_put_end(j);
    json_put_i64(j, "sequence", d->sequence);
    json_put_text(j, "state", d->state);
    json_put_i64(j, "attempts", d->attempt);
    json_put_i64(j, "sent_again", d->again);
    if (d->status)
        json_put_i64(j, "status", d->status);
    else
        json_put_null(j, "status");
    json_put_text(j, "code", *d->code ? d->code : NULL);
    json_put_time(j, "happened_at", d->happened_us);
    json_put_time_or_null(j, "due_at", d->ended_us ? 0 : d->due_us);
    json_put_time_or_null(j, "ended_at", d->ended_us);
}

struct err *
hooks_get_deliveries_json(struct req *r)
{
    struct endpoint e;
    struct delivery_filter f;
    struct delivery *all;
    size_t n;
    bool more;
    TRY(endpoint_named(r, &e));
    TRY(deliveries_load_page(r, e.id, &f, &all, &n, &more));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        put_delivery(&j, &all[i]);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_text(&j, "next_cursor", more ? cursor_make_id(r, all[n - 1].id) : NULL);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

static struct err *
answer_delivery(struct req *r, int status, int64_t endpoint, int64_t id)
{
    struct delivery d;
    struct delivery_try *tries;
    size_t n;
    TRY(delivery_load(r->work, endpoint, id, &d));
    TRY(delivery_tries(r->work, id, &tries, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    put_delivery(&j, &d);
    json_put_raw(&j, "data", BYTES(d.data, strlen(d.data)));
    json_put_array(&j, "tries");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_time(&j, "at", tries[i].at_us);
        json_put_i64(&j, "status", tries[i].status);
        json_put_i64(&j, "took_ms", tries[i].took_ms);
        json_put_text(&j, "code", *tries[i].code ? tries[i].code : NULL);
        json_put_text(&j, "answer", tries[i].answer);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, status, &j.out);
}

struct err *
hooks_get_delivery_json(struct req *r)
{
    int64_t endpoint, id;
    TRY(param_id(r, 0, &endpoint));
    TRY(param_id(r, 1, &id));
    return answer_delivery(r, 200, endpoint, id);
}

struct err *
hooks_post_test_json(struct req *r)
{
    struct endpoint e;
    int64_t delivery;
    TRY(endpoint_named(r, &e));
    TRY(endpoint_test(r->work, &e, &delivery));
    return answer_delivery(r, 202, e.id, delivery);
}

struct err *
hooks_post_again_json(struct req *r)
{
    int64_t endpoint, id;
    TRY(param_id(r, 0, &endpoint));
    TRY(param_id(r, 1, &id));
    TRY(delivery_again(r->work, endpoint, id));
    return answer_delivery(r, 202, endpoint, id);
}

static int64_t
read_time(struct form *f, const char *name)
{
    int64_t at_us = 0;
    const char *text = form_word(f, name, 1, 40);
    if (*text && !clock_parse_rfc3339(text, &at_us))
        form_fail(f, name, "hook.time", "A time looks like 2026-11-26T10:15:00Z.");
    return at_us;
}

/* {"from", "to", "state"?}: done, failed or stopped; without it what has not arrived. */
struct err *
hooks_post_again_all_json(struct req *r)
{
    struct endpoint e;
    struct form f;
    int64_t n;
    TRY(endpoint_named(r, &e));
    TRY(form_read(r, &f));
    int64_t from_us = read_time(&f, "from"), to_us = read_time(&f, "to");
    const char *state = form_word(&f, "state", 0, 10);
    if (*state && !text_is(state, "done") && !text_is(state, "failed") &&
        !text_is(state, "stopped"))
        form_fail(&f, "state", "hook.state", "Only done, failed or stopped events are sent again.");
    TRY(form_done(&f));
    TRY(delivery_again_all(r->work, e.id, *state ? state : NULL, from_us, to_us, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_i64(&j, "events", n);
    json_put_end(&j);
    return json_answer(r, 202, &j.out);
}
