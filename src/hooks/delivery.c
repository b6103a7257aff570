#include "hooks/delivery.h"

#include <string.h>

#include "audit/audit.h"
#include "base/text.h"
#include "db/db.h"
#include "hooks/endpoint.h"
#include "http/json.h"

const char *const delivery_states[DELIVERY_STATES] = { "waiting", "sending", "done", "failed",
                                                       "stopped" };

/* ---- Looking ---- */

static struct delivery
scan_delivery(struct scan *s)
{
    struct delivery d = { .id = scan_i64(s) };
    d.created_us = scan_time(s);
    d.endpoint = scan_i64(s);
    d.event_id = scan_text(s);
    d.event = scan_text(s);
    d.kind = scan_text(s);
    d.object = scan_i64(s);
    d.sequence = scan_i64(s);
    d.happened_us = scan_time(s);
    d.state = scan_text(s);
    d.due_us = scan_time(s);
    d.attempt = scan_i64(s);
    d.again = scan_i64(s);
    d.ended_us = scan_time(s);
    d.status = scan_i64(s);
    d.code = scan_text(s);
    d.data = scan_text(s);
    scan_end(s);
    return d;
}

struct err *
delivery_list(struct work *w, int64_t endpoint, const struct delivery_filter *f,
              struct delivery **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_hooks_deliveries,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, endpoint), arg_text(f->state),
                     arg_text(f->event), arg_i64(w, f->behind), arg_i64(w, f->limit)),
                &rows));
    struct delivery *all = NEW_ARRAY(w->arena, struct delivery, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i] = scan_delivery(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
delivery_load(struct work *w, int64_t endpoint, int64_t id, struct delivery *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_hooks_delivery,
                 ARGS(arg_i64(w, w->vendor.n), arg_i64(w, endpoint), arg_i64(w, id)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "hook.no_delivery", "There is no such delivery.");
    *out = scan_delivery(&s);
    return NULL;
}

struct err *
delivery_tries(struct work *w, int64_t id, struct delivery_try **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_hooks_tries, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, id)), &rows));
    struct delivery_try *all = NEW_ARRAY(w->arena, struct delivery_try, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].at_us = scan_time(&s);
        all[i].status = scan_i64(&s);
        all[i].took_ms = scan_i64(&s);
        all[i].code = scan_text(&s);
        all[i].answer = scan_text(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

char *
delivery_body(struct arena *a, const struct delivery *d)
{
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_text(&j, "id", d->event_id);
    json_put_text(&j, "type", d->event);
    json_put_time(&j, "created_at", d->happened_us);
    json_put_i64(&j, "sequence", d->sequence);
    json_put_raw(&j, "data", BYTES(d->data, strlen(d->data)));
    json_put_end(&j);
    return j.out.at;
}

/* ---- Once more ---- */

static struct err *
refuse_disabled(struct work *w, int64_t endpoint)
{
    struct endpoint e;
    TRY(endpoint_load(w, endpoint, &e));
    if (!e.enabled)
        return FAIL(w->arena, ERR_CONFLICT, "hook.disabled", "This webhook is switched off.");
    return NULL;
}

struct err *
delivery_again(struct work *w, int64_t endpoint, int64_t id)
{
    struct delivery d;
    int64_t changed;
    TRY(refuse_disabled(w, endpoint));
    TRY(delivery_load(w, endpoint, id, &d));
    TRY(db_exec(w, Q_hooks_again,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, endpoint), arg_i64(w, id)), &changed));
    if (!changed)
        return FAIL(w->arena, ERR_CONFLICT, "hook.on_its_way", "This event is on its way already.");
    return hooks_wake(w);
}

struct err *
delivery_again_all(struct work *w, int64_t endpoint, const char *state, int64_t from_us,
                   int64_t to_us, int64_t *n)
{
    int64_t changed;
    TRY(refuse_disabled(w, endpoint));
    TRY(db_exec(w, Q_hooks_again_all,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, endpoint), arg_text(state),
                     arg_time(w, from_us), arg_time(w, to_us), arg_i64(w, AGAIN_MOST)),
                &changed));
    *n = changed;
    if (!changed)
        return NULL;
    TRY(audit_note(w, &(struct audit_act){ .what = "webhook.sent_again",
                                           .object = audit_object(w, "webhook", endpoint),
                                           .after = text_printf(w->arena, "{\"events\": %lld}",
                                                                (long long)changed) }));
    return hooks_wake(w);
}
