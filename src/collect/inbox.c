/* Events of the provider: checked and kept at once, applied later by looking at what they are
 * about, since they come late, twice and in any order. */
#include <string.h>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "collect/inside.h"
#include "collect/routes.h"
#include "db/db.h"
#include "http/response.h"
#include "http/signature.h"
#include "http/site.h"

#define TOLERANCE_S INT64_C(300)
#define AT_ONCE     50
#define TRIES       20
#define UNKNOWN_S   INT64_C(86400) /* an event may be ahead of our own commit */
#define ROUND_ARENA ((size_t)64 << 20)

/* ---- Coming in ---- */

/* Those of the provider's objects that we have use for; others are kept and passed over. */
static bool
is_for_us(const char *type)
{
    const char *const *types = collect_provider()->event_types;
    for (size_t i = 0; types[i]; i++)
        if (text_is(types[i], type))
            return true;
    return false;
}

struct err *
inbox_put(struct work *w, struct bytes body, bool *fresh)
{
    const struct provider *p = collect_provider();
    struct pay_event event;
    int64_t added;
    if (!p->read_event(w->arena, body, &event))
        return FAIL(w->arena, ERR_MALFORMED, "collect.event", "This is no event.");
    bool wanted = is_for_us(event.type) && event.live == collect_live();
    if (!text_is(event.api_version, p->version))
        log_warn("collect.version", "event", event.id, "api_version", event.api_version, NULL);
    TRY(db_exec(w, Q_inbox_put,
                ARGS(arg_text(p->name), arg_text(event.id), arg_text(event.type),
                     arg_text(event.object), arg_text(event.customer), arg_i64(w, event.created),
                     arg_bool(event.live), arg_text(event.api_version), arg_bytes(w, body),
                     arg_bool(wanted)),
                &added));
    *fresh = added == 1;
    return wanted && *fresh ? queue_add(w, EVENTS_JOB, event.id, "{}", NULL) : NULL;
}

/* Nothing of it is kept but that it came. */
static struct err *
turn_away(struct work *w, enum signature_verdict why)
{
    log_warn("collect.forged", "id", w->id, "why", signature_verdict_names[why], NULL);
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, db_exec(w, Q_inbox_refused, ARGS(arg_text(collect_provider()->name)), NULL)));
    return FAIL(w->arena, ERR_MALFORMED, "collect.signature",
                "The signature is missing, wrong, or not of now.");
}

struct err *
collect_post_event(struct req *r)
{
    struct work *w = r->work;
    struct bytes body;
    bool fresh;
    size_t n;
    const char *const *secrets = collect_secrets(&n);
    const char *signature = header_text(r, "HTTP_STRIPE_SIGNATURE");
    if (!collect_provider()->collects)
        return FAIL(w->arena, ERR_NOT_FOUND, "collect.none", "No such provider is in use here.");
    TRY(body_read(r, &body));
    enum signature_verdict verdict = signature_check(
        w->arena, signature ? signature : "", body, secrets, n, w->now_us / SECOND_US, TOLERANCE_S);
    if (verdict != SIGNATURE_OK)
        return turn_away(w, verdict);
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, inbox_put(w, body, &fresh)));
    return text_answer(r, 200, "text/plain", fresh ? "kept" : "known");
}

/* ---- Being applied ---- */

struct event {
    const char *provider, *id, *type, *object, *customer;
    struct bytes body;
    int64_t tries, received_us;
};

/* NOT_FOUND collect.unknown: nobody here has to do with it, or not yet. */
static struct err *
unknown(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "collect.unknown", "Nobody here has to do with it.");
}

static struct err *
enter_customer(struct work *w, const struct event *event)
{
    struct scan s;
    bool found;
    tx_open(w, TX_OPERATOR_READ);
    TRY(tx_end(w, db_maybe(w, Q_collect_vendor_of,
                           ARGS(arg_text(event->customer), arg_text(event->object)), &found, &s)));
    if (!found)
        return unknown(w);
    w->vendor.n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

/* *operation: w->vendor's. */
static struct err *
enter_payment(struct work *w, const char *payment, int64_t ours, int64_t *operation)
{
    struct scan s;
    bool found;
    tx_open(w, TX_OPERATOR_READ);
    TRY(tx_end(w, db_maybe(w, Q_operation_of_payment, ARGS(arg_text(payment), arg_i64(w, ours)),
                           &found, &s)));
    if (!found)
        return unknown(w);
    w->vendor.n = scan_i64(&s);
    *operation = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

/* Also when our own answer was lost: then it brings the payment itself. */
static struct err *
of_payment(struct work *w, const struct event *event)
{
    const struct provider *p = collect_provider();
    struct pay_intent intent;
    struct pay_reply reply;
    int64_t operation;
    bool news;
    struct pay_call call = p->intent(w->arena, event->object);
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = p->read_intent(w->arena, &reply, &intent);
    TRY(caller_failed(w, call.path, &why));
    TRY(enter_payment(w, event->object, intent.operation, &operation));
    intent.operation = operation;
    tx_open(w, TX_WRITE);
    TRY(tx_end(w, charge_note(w, &intent, &news)));
    return charge_settle(w, operation);
}

static struct err *
of_customer(struct work *w, const struct event *event)
{
    if (!*event->customer && text_starts(event->type, "payment_method.")) {
        /* One that was taken away names nobody any more: it matters if it is in use. */
        struct err *e = enter_customer(w, event);
        return e && e->kind == ERR_NOT_FOUND ? NULL : e ? e : card_sync(w);
    }
    TRY(enter_customer(w, event));
    return card_sync(w);
}

static struct err *
of_session(struct work *w, const struct event *event)
{
    TRY(enter_customer(w, event));
    return card_take(w, event->object);
}

/* Money that went back without us: people look at it; the books are corrected by hand. */
static struct err *
of_charge(struct work *w, const struct event *event)
{
    struct pay_event what;
    int64_t operation;
    bool read = collect_provider()->read_event(w->arena, event->body, &what);
    if (!read || !what.payment)
        return NULL;
    TRY(enter_payment(w, what.payment, 0, &operation));
    struct audit_act act = { .what = text_is(event->type, "charge.refunded") ? "payment.refunded"
                                                                             : "payment.disputed",
                             .object = audit_object(w, "operation", operation),
                             .reason = event->type };
    log_warn("collect.money_back", "type", event->type, "operation", text_i64(w->arena, operation),
             NULL);
    tx_open(w, TX_WRITE);
    return tx_end(w, audit_note(w, &act));
}

static struct err *
apply(struct work *w, const struct event *event)
{
    static const struct {
        const char *of; /* what the type begins with */
        struct err *(*apply)(struct work *w, const struct event *event);
    } kinds[] = {
        { "payment_intent.", of_payment },  { "checkout.session.", of_session },
        { "payment_method.", of_customer }, { "customer.", of_customer },
        { "charge.", of_charge },
    };
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (text_starts(event->type, kinds[i].of))
            return kinds[i].apply(w, event);
    return NULL;
}

static struct err *
end(struct work *w, const struct event *event, const char *state)
{
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, db_exec(w, Q_inbox_end,
                             ARGS(arg_text(event->provider), arg_text(event->id), arg_text(state)),
                             NULL));
}

/* A minute, doubled each time up to half a day; then it is given up and shown to the operator. */
static struct err *
put_off(struct work *w, const struct event *event, const struct err *why)
{
    bool strange = text_is(why->code, "collect.unknown") || text_is(why->code, "collect.session");
    int64_t age_s = (w->now_us - event->received_us) / SECOND_US;
    bool dead = event->tries >= TRIES || (strange && age_s > UNKNOWN_S);
    int64_t wait = event->tries < 10 ? INT64_C(60) << (event->tries - 1) : 43200;
    if (dead)
        log_error("collect.event_dead", "event", event->id, "type", event->type, "code", why->code,
                  NULL);
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, db_exec(w, Q_inbox_later,
                             ARGS(arg_text(event->provider), arg_text(event->id),
                                  arg_i64(w, wait < 43200 ? wait : 43200), arg_text(why->code),
                                  arg_bool(dead)),
                             NULL));
}

static struct event
read_row(struct work *w, struct scan *s)
{
    struct event e = { .provider = scan_text(s) };
    e.id = scan_text(s);
    e.type = scan_text(s);
    e.object = scan_text(s);
    e.customer = scan_text(s);
    e.body = scan_bytes(w, s);
    e.tries = scan_i64(s);
    e.received_us = scan_time(s);
    scan_end(s);
    return e;
}

/* What was looked at in this turn need not be looked at again. */
static bool
seen_before(const struct event *events, const bool *failed, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (!failed[k] && text_is(events[k].object, events[i].object) &&
            !text_starts(events[i].type, "charge."))
            return true;
    return false;
}

static struct err *
turn(void *arg, struct work *w, bool *more)
{
    int64_t *done = arg;
    struct event events[AT_ONCE];
    bool failed[AT_ONCE] = { false };
    struct rows rows;
    w->vendor.n = 0;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, db_many(w, Q_inbox_claim, ARGS(arg_i64(w, AT_ONCE)), &rows)));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        events[i] = read_row(w, &s);
    }
    for (int i = 0; i < rows.count; i++) {
        w->vendor.n = 0;
        struct err *e = seen_before(events, failed, (size_t)i) ? NULL : apply(w, &events[i]);
        w->vendor.n = 0;
        failed[i] = e != NULL;
        TRY(e ? put_off(w, &events[i], e) : end(w, &events[i], "done"));
        *done += !failed[i];
    }
    *more = rows.count == AT_ONCE;
    return NULL;
}

struct err *
collect_events(struct work *w, const struct job *j)
{
    int64_t done = 0;
    if (collect_provider()->collects)
        TRY(work_rounds(w, ROUND_ARENA, turn, &done));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, job_finish(w, j, text_printf(w->arena, "{\"done\":%lld}", (long long)done)));
}
