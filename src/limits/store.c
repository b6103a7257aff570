#include "limits/store.h"

#include <string.h>

#include "base/text.h"
#include "db/db.h"

struct err *
limits_load_version(struct work *w, int64_t *out)
{
    struct scan s;
    tx_open(w, TX_READ);
    struct err *e = db_one(w, Q_limits_version, NO_ARGS, &s);
    if (!e) {
        *out = scan_i64(&s);
        scan_end(&s);
    }
    tx_rollback(w);
    return e;
}

/* The columns of limits_rules behind the name. */
static void
scan_rule(struct scan *s, struct arena *a, struct limit_rule *rule)
{
    rule->routes = text_copy(a, scan_text(s));
    int64_t requests = scan_i64(s);
    rule->window_s = scan_i64(s);
    int64_t burst = scan_i64(s);
    for (int i = LIMIT_NEW; i < LIMIT_CLASSES; i++)
        rule->percent[i] = scan_i64(s);
    rule->strict = scan_bool(s);
    rule->enabled = scan_bool(s);
    rule->dry_run = scan_bool(s);
    rule->version = scan_i64(s);
    bool changed = !scan_null(s);
    int64_t changed_us = scan_time(s);
    rule->changed_us = changed ? changed_us : 0;
    if (changed) {
        rule->requests = requests;
        rule->burst = burst;
    }
    scan_end(s);
}

static struct err *
load_rules(struct work *w, struct arena *a, struct limit_rule *rules, int64_t *version)
{
    struct rows rows;
    int64_t sum = 0;
    TRY(db_many(w, Q_limits_rules, NO_ARGS, &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int place = limit_rule_place(scan_text(&s));
        if (place < 0) /* of a newer release */
            continue;
        scan_rule(&s, a, &rules[place]);
        sum += rules[place].version;
    }
    *version = sum;
    return NULL;
}

struct err *
limits_load_rules(struct work *w, struct arena *a, struct limit_rule *rules, int64_t *version)
{
    bool own = !tx_is_open(w);
    if (own)
        tx_open(w, TX_READ);
    struct err *e = load_rules(w, a, rules, version);
    if (own)
        tx_rollback(w);
    return e;
}

struct err *
limits_load_person(struct work *w, const struct limit_person *who, int64_t day, struct person *out,
                   int64_t *used)
{
    struct scan s;
    tx_open(w, TX_READ);
    struct err *e = db_one(
        w, Q_limits_person,
        ARGS(arg_i64(w, who->user.n), arg_i64(w, who->vendor.n), arg_time(w, day * DAY_US)), &s);
    if (!e) {
        *out = (struct person){ .who = *who };
        out->class = (enum limit_class)scan_enum(&s, limit_class_names, LIMIT_CLASSES);
        out->day_limit = scan_i64(&s);
        *used = scan_i64(&s);
        scan_end(&s);
    }
    tx_rollback(w);
    return e;
}

static struct err *
tell_others(struct work *w, const struct told *t)
{
    TRY(db_exec(w, Q_limits_tell_host,
                ARGS(arg_text(t->host), arg_i64(w, t->version), arg_i64(w, t->workers),
                     arg_i64(w, t->in_force), arg_text(t->counts)),
                NULL));
    if (t->n)
        TRY(db_exec(w, Q_limits_tell_day,
                    ARGS(arg_time(w, t->day * DAY_US), arg_texts(w, t->vendors, t->n),
                         arg_texts(w, t->used, t->n)),
                    NULL));
    return tx_commit(w);
}

struct err *
limits_tell_others(struct work *w, const struct told *t)
{
    tx_open(w, TX_WRITE);
    struct err *e = tell_others(w, t);
    if (e)
        tx_rollback(w);
    return e;
}
