/* /vendor/settings/webhooks: where the shop wants to be called, and how that has gone. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "hooks/endpoint.h"
#include "hooks/filter.h"
#include "hooks/pace.h"
#include "hooks/routes.h"
#include "http/cursor.h"
#include "http/form.h"
#include "view/value.h"

#define HOME "/vendor/settings/webhooks"

static const char *
path_of(struct arena *a, int64_t id, const char *end)
{
    return text_printf(a, HOME "/%lld%s", (long long)id, end);
}

/* 0: not, never. */
static void
set_time(struct val *m, const char *name, int64_t at_us)
{
    if (at_us)
        val_set_time(m, name, at_us);
    else
        val_set_null(m, name);
}

/* What is shown of one as its state, by the one word that matters most. */
static const char *
standing(const struct endpoint *e)
{
    if (!e->enabled)
        return text_is(e->stopped_why, "person") ? "off" : "stopped";
    return e->failing_us ? "failing" : "on";
}

static void
endpoint_model(struct arena *a, struct val *m, const struct endpoint *e)
{
    val_set_text(m, "path", path_of(a, e->id, ""));
    val_set_text(m, "address", e->address);
    val_set_text(m, "description", e->description);
    val_set_bool(m, "enabled", e->enabled);
    val_set_bool(val_set_map(m, "is"), standing(e), true);
    val_set_word(m, "state_word", text_printf(a, "hooks.standing.%s", standing(e)));
    if (!e->enabled)
        val_set_word(m, "why", text_printf(a, "hooks.why.%s", e->stopped_why));
    struct val *events = val_set_list(m, "events");
    for (char *rest = text_copy(a, e->events), *name; (name = strsep(&rest, " "));)
        val_add_text(events, name);
    set_time(m, "old_until", e->old_until_us);
    set_time(m, "failing", e->failing_us);
    set_time(m, "answered", e->answered_us);
    set_time(m, "rest", e->rest_us);
    val_set_count(m, "failures", e->failures);
    val_set_count(m, "waiting", e->waiting < WAITING_MOST ? e->waiting : WAITING_MOST);
    val_set_bool(m, "many_wait", e->waiting > WAITING_MOST);
    val_set_bool(m, "some_wait", e->waiting > 0);
}

struct err *
hooks_show_list(struct req *r)
{
    struct endpoint *all;
    size_t n;
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *list = val_set_list(m, "hooks");
    TRY(endpoint_list(r->work, &all, &n));
    for (size_t i = 0; i < n; i++)
        endpoint_model(a, val_add_map(list), &all[i]);
    val_set_bool(val_set_map(m, "tab"), "hooks", true);
    val_set_count(m, "count", (int64_t)n);
    val_set_count(m, "most", ENDPOINTS_MOST);
    val_set_bool(m, "has_hooks", n > 0);
    val_set_bool(m, "full", n >= ENDPOINTS_MOST);
    return page(r, "vendor/settings/webhooks/list", m);
}

/* ---- One: adding and changing ---- */

static bool
is_ticked(struct arena *a, const struct form *f, const struct endpoint *e, const char *event)
{
    if (f) {
        const char *given = form_raw(f, text_printf(a, "event.%s", event));
        return given && *given;
    }
    return e &&
           strstr(text_join(a, " ", e->events, " ", NULL), text_join(a, " ", event, " ", NULL));
}

/* `e`: the one that is changed; NULL: a new one. `f`, `why`: what was sent and is not right. */
static struct err *
form_page(struct req *r, const struct endpoint *e, const struct form *f, const struct err *why)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    if (e)
        endpoint_model(a, m, e);
    struct val *choices = val_set_list(m, "choices");
    for (enum hook_event event = 0; event < HOOK_EVENTS; event++) {
        struct val *row = val_add_map(choices);
        val_set_text(row, "event", hook_event_name(event));
        val_set_word(row, "say", text_printf(a, "hooks.event.%s", hook_event_name(event)));
        val_set_bool(row, "on", is_ticked(a, f, e, hook_event_name(event)));
    }
    if (f) {
        const char *enabled = form_raw(f, "enabled");
        val_set_bool(m, "ticked", enabled && *enabled);
        form_show(f, why, m);
    } else if (e) {
        val_set_bool(m, "ticked", e->enabled);
        form_prefill(m, "address", e->address);
        form_prefill(m, "description", e->description);
    }
    return page_status(r, why ? err_status(why) : 200,
                       e ? "vendor/settings/webhooks/show" : "vendor/settings/webhooks/new", m);
}

static bool
is_for_the_form(const struct err *e)
{
    return e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT);
}

/* The only time that a secret is shown. */
static struct err *
secret_page(struct req *r, int64_t id, const char *address, const char *secret, bool is_new)
{
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "path", path_of(r->work->arena, id, ""));
    val_set_text(m, "address", address);
    val_set_text(m, "secret", secret);
    val_set_bool(m, "is_new", is_new);
    r->resp.secret = true;
    return page_status(r, is_new ? 201 : 200, "vendor/settings/webhooks/secret", m);
}

struct err *
hooks_show_new(struct req *r)
{
    return form_page(r, NULL, NULL, NULL);
}

struct err *
hooks_post_new(struct req *r)
{
    struct form f;
    struct endpoint_draft draft;
    int64_t id;
    const char *secret;
    TRY(form_read(r, &f));
    endpoint_read(&f, NULL, &draft);
    struct err *e = form_done(&f);
    if (!e)
        e = endpoint_add(r->work, &draft, &id, &secret);
    if (is_for_the_form(e))
        return form_page(r, NULL, &f, e);
    TRY(e);
    return secret_page(r, id, draft.address, secret, true);
}

struct err *
hooks_show_one(struct req *r)
{
    struct endpoint e;
    TRY(endpoint_named(r, &e));
    return form_page(r, &e, NULL, NULL);
}

struct err *
hooks_post_one(struct req *r)
{
    struct endpoint before;
    struct form f;
    struct endpoint_draft draft;
    TRY(endpoint_named(r, &before));
    TRY(form_read(r, &f));
    endpoint_read(&f, &before, &draft);
    struct err *e = form_done(&f);
    if (is_for_the_form(e))
        return form_page(r, &before, &f, e);
    TRY(e);
    TRY(endpoint_save(r->work, &before, &draft));
    return see_other(r, path_of(r->work->arena, before.id, "?done=hooks.saved"));
}

/* ---- Acts ---- */

static struct err *
question(struct req *r, const char *template)
{
    struct endpoint e;
    struct val *m = val_map(r->work->arena);
    TRY(endpoint_named(r, &e));
    endpoint_model(r->work->arena, m, &e);
    return page(r, template, m);
}

struct err *
hooks_show_remove(struct req *r)
{
    return question(r, "vendor/settings/webhooks/delete");
}

struct err *
hooks_post_remove(struct req *r)
{
    struct endpoint e;
    TRY(endpoint_named(r, &e));
    TRY(endpoint_remove(r->work, &e));
    return see_other(r, HOME "?done=hooks.removed");
}

struct err *
hooks_show_secret(struct req *r)
{
    return question(r, "vendor/settings/webhooks/rotate");
}

struct err *
hooks_post_secret(struct req *r)
{
    struct endpoint e;
    const char *secret;
    TRY(endpoint_named(r, &e));
    TRY(endpoint_rotate(r->work, &e, &secret));
    return secret_page(r, e.id, e.address, secret, false);
}

struct err *
hooks_post_test(struct req *r)
{
    struct endpoint e;
    int64_t delivery;
    TRY(endpoint_named(r, &e));
    TRY(endpoint_test(r->work, &e, &delivery));
    return see_other(r, path_of(r->work->arena, e.id,
                                text_printf(r->work->arena, "/deliveries/%lld?done=hooks.tested",
                                            (long long)delivery)));
}

/* ---- Deliveries ---- */

static void
delivery_model(struct arena *a, struct val *m, const struct delivery *d)
{
    bool again_later = text_is(d->state, "waiting") && d->attempt;
    const char *state = again_later ? "later" : d->state;
    val_set_text(m, "path",
                 path_of(a, d->endpoint, text_printf(a, "/deliveries/%lld", (long long)d->id)));
    val_set_text(m, "event", d->event);
    val_set_text(m, "event_id", d->event_id);
    val_set_word(m, "kind", text_printf(a, "hooks.kind.%s", d->kind));
    val_set_i64(m, "object", d->object);
    val_set_i64(m, "sequence", d->sequence);
    val_set_word(m, "state_word", text_printf(a, "hooks.state.%s", state));
    val_set_bool(val_set_map(m, "is"), state, true);
    val_set_bool(m, "over", d->ended_us != 0);
    val_set_i64(m, "attempt", d->attempt);
    val_set_i64(m, "tries", HOOK_TRIES);
    val_set_bool(m, "tried", d->attempt > 0);
    val_set_bool(m, "answered", d->status > 0);
    val_set_i64(m, "status", d->status);
    if (*d->code)
        val_set_word(m, "failure", text_printf(a, "err.%s", d->code));
    val_set_time(m, "happened", d->happened_us);
    set_time(m, "ended", d->ended_us);
    set_time(m, "due", d->ended_us ? 0 : d->due_us);
}

static void
add_choices(struct arena *a, struct val *m, const struct delivery_filter *f)
{
    struct val *states = val_set_list(m, "states"), *events = val_set_list(m, "events_known");
    for (size_t i = 0; i < DELIVERY_STATES; i++) {
        struct val *row = val_add_map(states);
        val_set_text(row, "state", delivery_states[i]);
        val_set_word(row, "word", text_printf(a, "hooks.state.%s", delivery_states[i]));
        val_set_bool(row, "chosen", text_is(f->state, delivery_states[i]));
    }
    for (enum hook_event event = 0; event <= HOOK_EVENTS; event++) {
        struct val *row = val_add_map(events);
        const char *name = event < HOOK_EVENTS ? hook_event_name(event) : TEST_EVENT;
        val_set_text(row, "event", name);
        val_set_bool(row, "chosen", text_is(f->event, name));
    }
}

struct err *
hooks_show_deliveries(struct req *r)
{
    struct endpoint e;
    struct delivery_filter f;
    struct delivery *all;
    size_t n;
    bool more;
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *rows = val_set_list(m, "deliveries");
    TRY(endpoint_named(r, &e));
    TRY(deliveries_load_page(r, e.id, &f, &all, &n, &more));
    endpoint_model(a, m, &e);
    add_choices(a, m, &f);
    for (size_t i = 0; i < n; i++)
        delivery_model(a, val_add_map(rows), &all[i]);
    val_set_bool(m, "has_deliveries", n > 0);
    val_set_bool(m, "filtered", f.state || f.event);
    if (f.behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (more)
        val_set_text(m, "older", query_with(r, "cursor", cursor_make_id(r, all[n - 1].id)));
    return page(r, "vendor/settings/webhooks/deliveries", m);
}

static struct err *
add_tries(struct req *r, struct val *m, int64_t id)
{
    struct delivery_try *all;
    size_t n;
    struct arena *a = r->work->arena;
    struct val *rows = val_set_list(m, "answers");
    TRY(delivery_tries(r->work, id, &all, &n));
    for (size_t i = n; i-- > 0;) {
        struct val *row = val_add_map(rows);
        val_set_time(row, "at", all[i].at_us);
        val_set_i64(row, "status", all[i].status);
        val_set_bool(row, "answered", all[i].status > 0);
        val_set_count(row, "took_ms", all[i].took_ms);
        val_set_text(row, "answer", all[i].answer);
        if (*all[i].code)
            val_set_word(row, "failure", text_printf(a, "err.%s", all[i].code));
    }
    val_set_bool(m, "has_answers", n > 0);
    return NULL;
}

struct err *
hooks_show_delivery(struct req *r)
{
    struct endpoint e;
    struct delivery d;
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    TRY(endpoint_named(r, &e));
    TRY(delivery_named(r, &d));
    delivery_model(a, m, &d);
    endpoint_model(a, val_set_map(m, "hook"), &e);
    val_set_text(m, "body", delivery_body(a, &d));
    val_set_bool(m, "may_again", e.enabled && d.ended_us);
    TRY(add_tries(r, m, d.id));
    return page(r, "vendor/settings/webhooks/delivery", m);
}

struct err *
hooks_post_again(struct req *r)
{
    int64_t endpoint, id;
    TRY(param_id(r, 0, &endpoint));
    TRY(param_id(r, 1, &id));
    TRY(delivery_again(r->work, endpoint, id));
    return see_other(r, path_of(r->work->arena, endpoint,
                                text_printf(r->work->arena, "/deliveries/%lld?done=hooks.again",
                                            (long long)id)));
}

/* `hours` back from now; `all`: also what has arrived. */
struct err *
hooks_post_again_all(struct req *r)
{
    int64_t endpoint, n, now_us = r->work->now_us;
    struct form f;
    TRY(param_id(r, 0, &endpoint));
    TRY(form_read(r, &f));
    int64_t hours = form_i64(&f, "hours", 1, 31 * 24, 24);
    bool all = form_flag(&f, "all");
    TRY(form_done(&f));
    TRY(delivery_again_all(r->work, endpoint, all ? "done" : NULL,
                           now_us - hours * 3600 * SECOND_US, now_us + SECOND_US, &n));
    return see_other(
        r, path_of(r->work->arena, endpoint,
                   n ? "/deliveries?done=hooks.again" : "/deliveries?done=hooks.again_none"));
}
