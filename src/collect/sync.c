/* What the provider has, held against what we have: events that never came are fetched, payments
 * that we do not know of are taken up, and what nobody finished is put away. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/inside.h"
#include "db/db.h"

#define FIRST_S     (2 * INT64_C(86400))
#define OVERLAP_S   INT64_C(3600)         /* events may be made known late */
#define EVENTS_MOST (30 * INT64_C(86400)) /* the provider keeps them so long */
#define STALE_MOST  1000
#define ROUND_ARENA ((size_t)128 << 20)

struct sync {
    int64_t since;
    const char *after; /* in `names` */
    struct arena *names;
    int64_t events, missed; /* that were listed, that no webhook had brought */
    int64_t payments, taken, strange;
};

static struct err *
events_turn(void *arg, struct work *w, bool *more)
{
    const struct provider *p = collect_provider();
    struct sync *s = arg;
    struct pay_reply reply;
    struct pay_list list;
    struct pay_event last = { 0 };
    bool fresh;
    struct pay_call call = p->events(w->arena, s->since, s->after);
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = p->read_events(w->arena, &reply, &list);
    TRY(caller_failed(w, call.path, &why));
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = NULL;
    for (size_t i = 0; i < list.count && !e; i++) {
        e = inbox_put(w, list.events[i], &fresh);
        s->missed += !e && fresh;
        s->events++;
    }
    TRY(tx_end(w, e));
    *more = list.more && list.count && p->read_event(w->arena, list.events[list.count - 1], &last);
    if (*more)
        s->after = text_copy(s->names, last.id);
    return NULL;
}

/* A payment that succeeded and is nobody's here, or of another amount, is for people to look at. */
static struct err *
take_up(struct work *w, const struct pay_intent *intent, struct sync *s)
{
    struct scan row;
    bool found = false, news = false;
    s->payments++;
    tx_open(w, TX_OPERATOR_READ);
    struct err *e = NULL;
    if (intent->operation)
        e = db_maybe(w, Q_provider_operation, ARGS(arg_i64(w, intent->operation)), &found, &row);
    TRY(tx_end(w, e));
    if (!found) {
        s->strange += intent->state == PAY_PAID;
        if (intent->state == PAY_PAID)
            log_error("collect.strange_payment", "payment", intent->id, NULL);
        return NULL;
    }
    w->vendor.n = scan_i64(&row);
    scan_end(&row);
    tx_open(w, TX_WRITE);
    TRY(tx_end(w, charge_note(w, intent, &news)));
    s->taken += news;
    return news ? charge_settle(w, intent->operation) : NULL;
}

static struct err *
payments_turn(void *arg, struct work *w, bool *more)
{
    const struct provider *p = collect_provider();
    struct sync *s = arg;
    struct pay_reply reply;
    struct pay_list list;
    struct pay_call call = p->intents(w->arena, NULL, s->since, s->after);
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = p->read_intents(w->arena, &reply, &list);
    TRY(caller_failed(w, call.path, &why));
    for (size_t i = 0; i < list.count; i++) {
        TRY(take_up(w, &list.intents[i], s));
        w->vendor.n = 0;
    }
    *more = list.more && list.count;
    if (*more)
        s->after = text_copy(s->names, list.intents[list.count - 1].id);
    return NULL;
}

static struct err *
begin(struct work *w, struct sync *s)
{
    struct scan row;
    bool found;
    int64_t now = w->now_us / SECOND_US;
    *s = (struct sync){ .since = now - FIRST_S, .names = w->arena };
    tx_open(w, TX_OPERATOR_READ);
    TRY(tx_end(w, db_maybe(w, Q_provider_read_until, ARGS(arg_text(collect_provider()->name)),
                           &found, &row)));
    if (!found)
        return NULL;
    s->since = scan_time(&row) / SECOND_US - OVERLAP_S;
    scan_end(&row);
    if (s->since < now - EVENTS_MOST)
        s->since = now - EVENTS_MOST;
    return NULL;
}

static struct err *
finish(struct work *w, const struct job *j, const struct sync *s, bool read)
{
    const char *report = text_printf(
        w->arena,
        "{\"events\":%lld,\"missed\":%lld,\"payments\":%lld,\"taken\":%lld,\"strange\":%lld}",
        (long long)s->events, (long long)s->missed, (long long)s->payments, (long long)s->taken,
        (long long)s->strange);
    if (read) {
        TRY(db_exec(w, Q_provider_was_read,
                    ARGS(arg_text(collect_provider()->name), arg_time(w, w->now_us)), NULL));
        TRY(report_save(w, "provider_sync", report));
    }
    return job_finish(w, j, report);
}

struct err *
collect_sync(struct work *w, const struct job *j)
{
    struct sync s = { 0 };
    bool collects = collect_provider()->collects;
    if (collects) {
        TRY(begin(w, &s));
        TRY(work_rounds(w, ROUND_ARENA, payments_turn, &s));
        s.after = NULL;
        TRY(work_rounds(w, ROUND_ARENA, events_turn, &s));
    }
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, finish(w, j, &s, collects));
}

/* ---- What nobody finished ---- */

static struct err *
give_up_stale(struct work *w, int64_t *given_up)
{
    struct rows rows;
    tx_open(w, TX_OPERATOR_READ);
    TRY(tx_end(w, db_many(w, Q_operation_stale, ARGS(arg_i64(w, STALE_MOST)), &rows)));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        w->vendor.n = scan_i64(&s);
        struct err *e = charge_give_up(w, scan_i64(&s));
        scan_end(&s);
        if (e)
            log_warn("collect.stale", "vendor", text_i64(w->arena, w->vendor.n), "code", e->code,
                     NULL);
        *given_up += !e;
    }
    w->vendor.n = 0;
    return NULL;
}

struct err *
collect_clean(struct work *w, const struct job *j)
{
    struct scan s;
    int64_t given_up = 0;
    if (collect_provider()->collects)
        TRY(give_up_stale(w, &given_up));
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = db_one(w, Q_inbox_clean, NO_ARGS, &s);
    if (e)
        return tx_end(w, e);
    int64_t events = scan_i64(&s);
    scan_end(&s);
    return tx_end(w, job_finish(w, j,
                                text_printf(w->arena, "{\"given_up\":%lld,\"events\":%lld}",
                                            (long long)given_up, (long long)events)));
}
