/* /admin/security: how log-ins fail over time, who is locked, what was refused, and how many people
 * have a second factor. */
#include "accounts/attempt.h"
#include "accounts/chart.h"
#include "accounts/place.h"
#include "accounts/routes.h"
#include "audit/audit.h"
#include "base/text.h"
#include "http/form.h"
#include "view/value.h"

#define HOURS    48
#define LOCKS    100
#define REFUSALS 50

/* One column an hour, the oldest first; hours in which nobody came are there too. */
static struct err *
add_hours(struct work *w, struct val *m)
{
    struct rows rows;
    struct chart_column columns[HOURS] = { 0 };
    int64_t right = 0, wrong = 0, refused = 0;
    TRY(db_many(w, Q_accounts_attempt_hours, ARGS(arg_i64(w, HOURS)), &rows));
    struct val *table = val_set_list(m, "hours");
    for (int i = 0; i < rows.count && i < HOURS; i++) {
        struct scan s = rows_at(&rows, i);
        struct chart_column *c = &columns[i];
        c->at_us = scan_time(&s);
        int64_t good = scan_i64(&s);
        c->lower = scan_i64(&s);
        c->upper = scan_i64(&s);
        scan_end(&s);
        right += good;
        wrong += c->lower;
        refused += c->upper;
        if (!good && !c->lower && !c->upper)
            continue;
        struct val *row = val_add_map(table);
        val_set_time(row, "at", c->at_us);
        val_set_count(row, "right", good);
        val_set_count(row, "wrong", c->lower);
        val_set_count(row, "refused", c->upper);
    }
    val_set_count(m, "right", right);
    val_set_count(m, "wrong", wrong);
    val_set_count(m, "refused", refused);
    val_set_bool(m, "any", right + wrong + refused > 0);
    chart_fill(val_set_map(m, "chart"), columns, HOURS);
    return NULL;
}

static struct err *
add_locks(struct work *w, struct val *m)
{
    struct rows rows;
    TRY(db_many(w, Q_accounts_locks, ARGS(arg_i64(w, LOCKS)), &rows));
    struct val *list = val_set_list(m, "locks");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct val *row = val_add_map(list);
        val_set_i64(row, "account", scan_i64(&s));
        val_set_text(row, "who", scan_text(&s));
        val_set_count(row, "tries", scan_i64(&s));
        val_set_bool(row, "locked", scan_bool(&s));
        val_set_time(row, "until", scan_time(&s));
        val_set_time(row, "changed", scan_time(&s));
        scan_end(&s);
    }
    return NULL;
}

static struct err *
add_refusals(struct work *w, struct val *m)
{
    struct rows rows;
    TRY(db_many(w, Q_accounts_refusals, ARGS(arg_i64(w, REFUSALS)), &rows));
    struct val *list = val_set_list(m, "refusals");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct val *row = val_add_map(list);
        val_set_time(row, "at", scan_time(&s));
        val_set_word(row, "outcome", text_printf(w->arena, "security.outcome.%s", scan_text(&s)));
        val_set_text(row, "who", scan_text(&s));
        const char *place = scan_text(&s);
        val_set_text(row, "place", place);
        val_set_bool(row, "private", place_is_private(place));
        val_set_text(row, "device", scan_text(&s));
        scan_end(&s);
    }
    return NULL;
}

static void
set_coverage(struct val *m, const char *name, int64_t have, int64_t all)
{
    struct val *v = val_set_map(m, name);
    val_set_count(v, "have", have);
    val_set_count(v, "all", all);
    val_set_i64(v, "percent", all ? 100 * have / all : 0);
}

static struct err *
add_coverage(struct work *w, struct val *m)
{
    struct scan s;
    TRY(db_one(w, Q_accounts_factor_coverage, NO_ARGS, &s));
    int64_t admins = scan_i64(&s), admins_have = scan_i64(&s);
    int64_t others = scan_i64(&s), others_have = scan_i64(&s);
    scan_end(&s);
    set_coverage(m, "operators", admins_have, admins);
    set_coverage(m, "people", others_have, others);
    return NULL;
}

struct err *
accounts_show_guard(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    TRY(add_hours(r->work, m));
    TRY(add_locks(r->work, m));
    TRY(add_refusals(r->work, m));
    TRY(add_coverage(r->work, m));
    return page(r, "admin/security/index", m);
}

struct err *
accounts_post_unlock_account(struct req *r)
{
    struct user_id id;
    int64_t n;
    TRY(param_id(r, 0, &id.n));
    TRY(db_exec(r->work, Q_accounts_forget_account_guard, ARGS(arg_i64(r->work, id.n)), &n));
    if (!n)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "accounts.no_lock", "There is no such lock.");
    struct audit_act act = { .what = "account.unlocked",
                             .object = audit_object(r->work, "account", id.n) };
    TRY(audit_note(r->work, &act));
    return see_other(r, "/admin/security?done=unlocked");
}
