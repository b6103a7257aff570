/* The table of VAT rates, which only grows ahead. */
#include "audit/audit.h"
#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "http/form.h"
#include "http/json.h"
#include "subscriptions/operate.h"

const char *const rate_state_names[RATE_STATES] = { "past", "in_force", "to_come" };

static struct arg
today(struct work *w)
{
    return arg_text(text_copy_n(w->arena, clock_rfc3339(w->arena, w->now_us), 10));
}

struct err *
operate_rates(struct work *w, struct rate_row **out, size_t *count)
{
    struct rows rows;
    TRY(db_many(w, Q_subscriptions_rates, ARGS(today(w)), &rows));
    struct rate_row *list = NEW_ARRAY(w->arena, struct rate_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        list[i] = (struct rate_row){ .country = scan_text(&s), .from = scan_text(&s) };
        list[i].bp = scan_i64(&s);
        list[i].state = (enum rate_state)scan_enum(&s, rate_state_names, RATE_STATES);
        scan_end(&s);
    }
    *out = list;
    *count = (size_t)rows.count;
    return NULL;
}

static bool
is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

void
operate_rate_read(struct form *f, struct rate_row *out)
{
    int64_t at;
    out->country = form_word(f, "country", 2, 2);
    out->from = form_word(f, "valid_from", 10, 10);
    if (*out->country && !(is_letter(out->country[0]) && is_letter(out->country[1])))
        form_fail(f, "country", "billing.country", "The country as two letters, such as LU or DE.");
    if (*out->from &&
        !clock_parse_rfc3339(text_join(f->r->work->arena, out->from, "T00:00:00Z", NULL), &at))
        form_fail(f, "valid_from", "billing.day", "A day, such as 2027-01-01.");
}

/* The same for what was added and what was taken away. */
static struct err *
note(struct work *w, const char *what, const struct rate_row *rate, bool added)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "valid_from", rate->from);
    json_put_i64(&j, "rate_bp", rate->bp);
    json_put_end(&j);
    struct audit_act act = { .what = what,
                             .object = text_join(w->arena, "vat_rate:", rate->country, NULL),
                             .before = added ? NULL : j.out.at,
                             .after = added ? j.out.at : NULL };
    return audit_note(w, &act);
}

struct err *
operate_rate_add(struct work *w, const struct rate_row *rate)
{
    struct scan s;
    TRY(db_one(w, Q_subscriptions_rate_add,
               ARGS(arg_text(rate->country), arg_text(rate->from), arg_i64(w, rate->bp), today(w)),
               &s));
    bool past = scan_bool(&s), added = scan_bool(&s);
    scan_end(&s);
    if (past)
        return FAIL_FIELD(w->arena, ERR_INVALID, "billing.rate_past", "valid_from",
                          "From today on or later: what has counted until now stays.");
    if (!added)
        return FAIL_FIELD(w->arena, ERR_CONFLICT, "billing.rate_there", "valid_from",
                          "This country has a rate from that day on already.");
    return note(w, "billing.rate_added", rate, true);
}

struct err *
operate_rate_remove(struct work *w, const char *country, const char *from)
{
    struct rate_row *rows;
    size_t n;
    TRY(operate_rates(w, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (!text_is(rows[i].country, country) || !text_is(rows[i].from, from))
            continue;
        if (rows[i].state != RATE_TO_COME)
            return FAIL(w->arena, ERR_CONFLICT, "billing.rate_in_use",
                        "This rate counts or has counted: it stays.");
        TRY(db_exec(w, Q_subscriptions_rate_remove, ARGS(arg_text(country), arg_text(from)), NULL));
        return note(w, "billing.rate_removed", &rows[i], false);
    }
    return FAIL(w->arena, ERR_NOT_FOUND, "billing.no_rate", "There is no such rate.");
}
