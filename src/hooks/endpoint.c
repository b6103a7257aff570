#include "hooks/endpoint.h"

#include <string.h>

#include "audit/audit.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "hooks/secret.h"
#include "http/json.h"
#include "net/url.h"

/* ---- Looking ---- */

static struct endpoint
scan_endpoint(struct work *w, struct scan *s)
{
    struct endpoint e = { .id = scan_i64(s) };
    e.address = scan_text(s);
    e.description = scan_text(s);
    e.events = scan_text(s);
    e.enabled = scan_bool(s);
    e.stopped_why = scan_text(s);
    e.salt = scan_bytes(w, s);
    e.old_until_us = scan_time(s);
    e.failures = scan_i64(s);
    e.failing_us = scan_time(s);
    e.rest_us = scan_time(s);
    e.answered_us = scan_time(s);
    e.created_us = scan_time(s);
    e.waiting = scan_i64(s);
    scan_end(s);
    return e;
}

static struct err *
ask(struct work *w, struct arg which, struct rows *out)
{
    return db_many(w, Q_hooks_endpoints,
                   ARGS(arg_i64(w, w->vendor.n), which, arg_i64(w, WAITING_MOST + 1)), out);
}

struct err *
endpoint_list(struct work *w, struct endpoint **out, size_t *n)
{
    struct rows rows;
    TRY(ask(w, arg_null(), &rows));
    struct endpoint *all = NEW_ARRAY(w->arena, struct endpoint, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i] = scan_endpoint(w, &s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
endpoint_load(struct work *w, int64_t id, struct endpoint *out)
{
    struct rows rows;
    TRY(ask(w, arg_i64(w, id), &rows));
    if (!rows.count)
        return FAIL(w->arena, ERR_NOT_FOUND, "hook.unknown", "There is no such webhook.");
    struct scan s = rows_at(&rows, 0);
    *out = scan_endpoint(w, &s);
    return NULL;
}

/* ---- Reading ---- */

static const char *
read_address(struct form *f)
{
    struct arena *a = f->r->work->arena;
    const char *text = form_text(f, "address", 1, URL_MOST);
    struct reach reach;
    struct url url;
    if (!*text)
        return text;
    struct err *e = reach_read(a, f->r->work->settings->fetch_allow, &reach);
    if (!e)
        e = url_read(a, text, &reach, &url);
    if (!e)
        return url.text;
    form_fail(f, "address", e->code, e->say);
    return text;
}

/* A page ticks `event.<name>`, a program gives the list `events`. */
static void
read_events(struct form *f, struct endpoint_draft *out)
{
    size_t listed = 0, known = 0;
    for (size_t i = 0; i < f->count; i++)
        listed += text_starts(f->at[i].name, "events.");
    for (enum hook_event event = 0; event < HOOK_EVENTS; event++) {
        const char *name = hook_event_name(event);
        bool in_list = false;
        for (size_t i = 0; i < f->count; i++)
            in_list |= text_starts(f->at[i].name, "events.") && text_is(f->at[i].value, name);
        known += in_list;
        if (in_list || form_flag(f, text_printf(f->r->work->arena, "event.%s", name)))
            out->events[out->event_count++] = name;
    }
    if (listed != known)
        form_fail(f, "events", "hook.event", "Events are names of the list, each once.");
    else if (!out->event_count)
        form_fail(f, "events", "hook.no_event", "Choose at least one event.");
}

static void
keep_events(struct arena *a, const char *events, struct endpoint_draft *out)
{
    char *rest = text_copy(a, events), *name;
    while ((name = strsep(&rest, " ")))
        if (out->event_count < HOOK_EVENTS)
            out->events[out->event_count++] = name;
}

static bool
gives_events(const struct form *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (text_starts(f->at[i].name, "event"))
            return true;
    return false;
}

void
endpoint_read(struct form *f, const struct endpoint *before, struct endpoint_draft *out)
{
    bool keep = before && f->r->api;
    *out = (struct endpoint_draft){ .enabled = !before };
    out->address = keep && !form_has(f, "address") ? before->address : read_address(f);
    out->description = keep && !form_has(f, "description") ? before->description
                                                           : form_text(f, "description", 0, 200);
    if (keep && !form_has(f, "enabled"))
        out->enabled = before->enabled;
    else if (before || form_has(f, "enabled"))
        out->enabled = form_flag(f, "enabled");
    if (keep && !gives_events(f))
        keep_events(f->r->work->arena, before->events, out);
    else
        read_events(f, out);
}

/* ---- Changing ---- */

static struct err *
note(struct work *w, const char *what, int64_t id, const struct endpoint *before,
     const struct endpoint_draft *after)
{
    struct json old = json_begin(w->arena), new = json_begin(w->arena);
    if (before) {
        json_put_object(&old, NULL);
        json_put_text(&old, "address", before->address);
        json_put_text(&old, "events", before->events);
        json_put_bool(&old, "enabled", before->enabled);
        json_put_end(&old);
    }
    if (after) {
        json_put_object(&new, NULL);
        json_put_text(&new, "address", after->address);
        json_put_array(&new, "events");
        for (size_t i = 0; i < after->event_count; i++)
            json_put_text(&new, NULL, after->events[i]);
        json_put_end(&new);
        json_put_bool(&new, "enabled", after->enabled);
        json_put_end(&new);
    }
    return audit_note(w, &(struct audit_act){ .what = what,
                                              .object = audit_object(w, "webhook", id),
                                              .before = before ? old.out.at : NULL,
                                              .after = after ? new.out.at : NULL });
}

static struct bytes
new_salt(struct work *w)
{
    uint8_t *salt = arena_alloc(w->arena, HOOK_SALT);
    random_fill(salt, HOOK_SALT);
    return BYTES(salt, HOOK_SALT);
}

/* Behind the shop's lock, so that two who add at once do not both add the last one. */
static struct err *
refuse_too_many(struct work *w)
{
    struct scan s;
    TRY(db_one(w, Q_hooks_count, ARGS(arg_i64(w, w->vendor.n)), &s));
    int64_t used = scan_i64(&s);
    scan_end(&s);
    if (used < ENDPOINTS_MOST)
        return NULL;
    struct err *e = FAIL(w->arena, ERR_CONFLICT, "hook.too_many",
                         "This shop has as many webhooks as it can have.");
    e->used = used;
    e->limit = ENDPOINTS_MOST;
    return e;
}

struct err *
endpoint_add(struct work *w, const struct endpoint_draft *draft, int64_t *id, const char **secret)
{
    struct scan s;
    struct bytes salt = new_salt(w);
    struct rows lock;
    TRY(db_many(w, Q_hooks_lock, ARGS(arg_i64(w, w->vendor.n)), &lock));
    TRY(refuse_too_many(w));
    TRY(db_one(w, Q_hooks_add,
               ARGS(arg_i64(w, w->vendor.n), arg_text(draft->address), arg_text(draft->description),
                    arg_texts(w, draft->events, draft->event_count), arg_bool(draft->enabled),
                    arg_bytes(w, salt)),
               &s));
    int64_t made = scan_i64(&s);
    scan_end(&s);
    TRY(note(w, "webhook.added", made, NULL, draft));
    *id = made;
    *secret = hook_secret(w->arena, salt);
    return NULL;
}

static struct err *
stop_waiting(struct work *w, int64_t id)
{
    return db_exec(w, Q_hooks_stop_waiting, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, id)), NULL);
}

struct err *
endpoint_save(struct work *w, const struct endpoint *before, const struct endpoint_draft *draft)
{
    TRY(db_exec(w, Q_hooks_save,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, before->id), arg_text(draft->address),
                     arg_text(draft->description), arg_texts(w, draft->events, draft->event_count),
                     arg_bool(draft->enabled)),
                NULL));
    if (!draft->enabled)
        TRY(stop_waiting(w, before->id));
    return note(w, "webhook.changed", before->id, before, draft);
}

struct err *
endpoint_remove(struct work *w, const struct endpoint *e)
{
    TRY(db_exec(w, Q_hooks_remove, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, e->id)), NULL));
    return note(w, "webhook.removed", e->id, e, NULL);
}

struct err *
endpoint_rotate(struct work *w, const struct endpoint *e, const char **secret)
{
    struct bytes salt = new_salt(w);
    TRY(db_exec(w, Q_hooks_rotate,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, e->id), arg_bytes(w, salt),
                     arg_i64(w, OLD_SECRET_S)),
                NULL));
    TRY(note(w, "webhook.secret_changed", e->id, NULL, NULL));
    *secret = hook_secret(w->arena, salt);
    return NULL;
}

struct err *
endpoint_test(struct work *w, const struct endpoint *e, int64_t *delivery)
{
    struct scan s;
    if (!e->enabled)
        return FAIL(w->arena, ERR_CONFLICT, "hook.disabled", "This webhook is switched off.");
    TRY(db_one(w, Q_hooks_test,
               ARGS(arg_i64(w, w->vendor.n), arg_i64(w, e->id), arg_text(TEST_EVENT)), &s));
    *delivery = scan_i64(&s);
    scan_end(&s);
    return hooks_wake(w);
}
