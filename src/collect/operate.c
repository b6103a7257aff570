/* /admin/billing/cards: is the money that is charged by card coming, and what is stuck? */
#include <jansson.h>

#include "audit/audit.h"
#include "base/must.h"
#include "collect/inside.h"
#include "collect/routes.h"
#include "db/db.h"
#include "http/form.h"
#include "http/json.h"
#include "http/response.h"
#include "view/value.h"

#define DEAD_MOST 50

/* In the order of the statement. */
enum figure { NEW_EVENTS, DEAD_EVENTS, REFUSED, ASKED, CONFIRMING, GIVING_BACK, FIGURES };
static const char *const names[FIGURES] = { "events_waiting",     "events_dead",
                                            "signatures_refused", "charges_waiting",
                                            "charges_to_confirm", "refunds_waiting" };

struct state {
    int64_t figures[FIGURES];
    int64_t refused_us, oldest_us; /* 0: never, none */
    bool read;                     /* the provider's list was */
    int64_t read_us, missed, taken, strange;
};

static struct err *
look_figures(struct work *w, struct state *s)
{
    struct scan row;
    TRY(db_one(w, Q_provider_figures, ARGS(arg_text(collect_provider()->name)), &row));
    for (int i = 0; i < FIGURES; i++) {
        s->figures[i] = scan_i64(&row);
        if (i == REFUSED)
            s->refused_us = scan_time(&row);
    }
    s->oldest_us = scan_time(&row);
    scan_end(&row);
    return NULL;
}

static struct err *
look(struct work *w, struct state *s)
{
    const char *body;
    json_error_t error;
    *s = (struct state){ 0 };
    TRY(look_figures(w, s));
    TRY(report_load(w, "provider_sync", &s->read, &s->read_us, &body));
    if (!s->read)
        return NULL;
    json_t *report = json_loads(body, 0, &error);
    must(report);
    s->missed = json_integer_value(json_object_get(report, "missed"));
    s->taken = json_integer_value(json_object_get(report, "taken"));
    s->strange = json_integer_value(json_object_get(report, "strange"));
    json_decref(report);
    return NULL;
}

static struct err *
add_dead(struct work *w, struct val *m)
{
    struct rows rows;
    struct val *list = val_set_list(m, "dead");
    TRY(db_many(w, Q_inbox_dead, ARGS(arg_i64(w, DEAD_MOST)), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct val *one = val_add_map(list);
        val_set_text(one, "event", scan_text(&s));
        val_set_text(one, "type", scan_text(&s));
        val_set_text(one, "object", scan_text(&s));
        val_set_time(one, "received_at", scan_time(&s));
        val_set_count(one, "tries", scan_i64(&s));
        val_set_text(one, "why", scan_text(&s));
        scan_end(&s);
    }
    val_set_bool(m, "has_dead", rows.count > 0);
    return NULL;
}

static void
set_time_or_null(struct val *m, const char *name, int64_t at_us)
{
    if (at_us)
        val_set_time(m, name, at_us);
    else
        val_set_null(m, name);
}

struct err *
collect_show_cards(struct req *r)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    struct state s;
    TRY(look(w, &s));
    TRY(add_dead(w, m));
    for (int i = 0; i < FIGURES; i++)
        val_set_count(m, names[i], s.figures[i]);
    set_time_or_null(m, "refused_at", s.refused_us);
    set_time_or_null(m, "oldest", s.oldest_us);
    set_time_or_null(m, "read_at", s.read ? s.read_us : 0);
    val_set_count(m, "missed", s.missed);
    val_set_count(m, "taken", s.taken);
    val_set_count(m, "strange", s.strange);
    val_set_bool(m, "is_strange", s.strange > 0);
    val_set_bool(m, "cards", collect_provider()->collects);
    val_set_bool(m, "live", collect_live());
    val_set_bool(val_set_map(m, "tab"), "cards", true);
    return page(r, "admin/billing/cards", m);
}

struct err *
collect_get_cards(struct req *r)
{
    struct json j = json_begin(r->work->arena);
    struct state s;
    TRY(look(r->work, &s));
    json_put_object(&j, NULL);
    json_put_text(&j, "provider", collect_provider()->name);
    json_put_bool(&j, "live", collect_live());
    for (int i = 0; i < FIGURES; i++)
        json_put_i64(&j, names[i], s.figures[i]);
    json_put_time_or_null(&j, "oldest_charge_at", s.oldest_us);
    json_put_time_or_null(&j, "reconciled_at", s.read ? s.read_us : 0);
    json_put_i64(&j, "events_missed", s.missed);
    json_put_i64(&j, "payments_taken_up", s.taken);
    json_put_i64(&j, "payments_of_nobody", s.strange);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
collect_post_retry(struct req *r)
{
    struct audit_act note = { .what = "provider.retried", .object = "webhook_inbox" };
    struct form f;
    TRY(form_read(r, &f));
    TRY(form_done(&f));
    TRY(db_exec(r->work, Q_inbox_revive, NO_ARGS, NULL));
    TRY(queue_add(r->work, EVENTS_JOB, "again", "{}", NULL));
    TRY(audit_note(r->work, &note));
    return see_other(r, "/admin/billing/cards?done=payment.retried");
}
