/* /admin/capacity and its API: what the platform was on each day, and what its shops may use of it.
 */
#include <math.h>

#include "base/text.h"
#include "health/health.h"
#include "http/form.h"
#include "http/json.h"
#include "http/response.h"
#include "outlook/outlook.h"
#include "outlook/routes.h"
#include "view/value.h"

#define DAYS      90
#define DAYS_MOST 3650
#define LAST_DAYS 30

static struct err *
asked_days(struct req *r, int64_t *days)
{
    const char *given = query_text(r, "days");
    *days = DAYS;
    if (given && (!text_to_i64(given, days) || *days < 1 || *days > DAYS_MOST))
        return FAIL(r->work->arena, ERR_MALFORMED, "request.days", "days is from 1 to 3650.");
    return NULL;
}

/* In percent; 0: nothing to compare with. */
static double
growth_of(const struct outlook_trend *t)
{
    return t->first > 0 ? 100 * (t->last - t->first) / t->first : 0;
}

/* ---- The page ---- */

static void
add_uses(struct work *w, struct val *m, const struct outlook_tiers *tiers)
{
    struct val *list = val_set_list(m, "uses");
    for (size_t i = 0; i < tiers->count; i++) {
        const struct outlook_use *u = &tiers->uses[i];
        struct val *row = val_add_map(list);
        val_set_text(row, "tier", u->tier);
        val_set_word(row, "limit", text_join(w->arena, "outlook.limit.", u->limit, NULL));
        val_set_count(row, "used", llround(u->used));
        val_set_bool(row, "limited", u->limited);
        val_set_count(row, "allowed", llround(u->allowed));
        val_set_count(row, "percent",
                      u->limited && u->allowed > 0 ? llround(100 * u->used / u->allowed) : 0);
    }
    val_set_bool(m, "has_uses", tiers->count > 0);
}

/* Sizes as sizes; all else is counted. */
static void
set_value(struct val *row, const char *name, const char *figure, double value)
{
    for (int i = 0; i < FIGURES; i++)
        if (health_figures[i].unit == UNIT_BYTES && text_is(health_figures[i].name, figure)) {
            val_set_bytes(row, name, llround(value));
            return;
        }
    val_set_count(row, name, llround(value));
}

static void
add_trends(struct val *m, const struct outlook_trend *trends, size_t n)
{
    struct val *list = val_set_list(m, "trends");
    for (size_t i = 0; i < n; i++) {
        const struct outlook_trend *t = &trends[i];
        if (text_starts(t->figure, "tier.") || text_is(t->figure, "mrr"))
            continue; /* these have pages of their own */
        struct val *row = val_add_map(list);
        val_set_text(row, "figure", t->figure);
        set_value(row, "first", t->figure, t->first);
        set_value(row, "last", t->figure, t->last);
        val_set_count(row, "days", t->days);
        val_set_bool(row, "compared", t->days > 1 && t->first > 0);
        val_set_count(row, "growth", llround(growth_of(t)));
    }
}

static void
add_days(struct val *m, const struct outlook_day *days, size_t n)
{
    struct val *list = val_set_list(m, "snapshots");
    int64_t missing = 0;
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        val_set_text(row, "day", days[i].day);
        val_set_bool(row, "taken", days[i].taken_us != 0);
        if (days[i].taken_us)
            val_set_time(row, "taken_at", days[i].taken_us);
        missing += !days[i].taken_us;
    }
    val_set_bool(m, "has_snapshots", n > 0);
    val_set_count(m, "missing", missing);
    val_set_bool(m, "is_missing", missing > 0);
}

struct err *
outlook_show(struct req *r)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    struct outlook_tiers tiers;
    struct outlook_trend *trends;
    struct outlook_day *days;
    size_t trend_count, day_count;
    int64_t asked;
    TRY(asked_days(r, &asked));
    TRY(outlook_tiers(w, &tiers));
    TRY(outlook_trends(w, asked, &trends, &trend_count));
    TRY(outlook_days(w, LAST_DAYS, &days, &day_count));
    val_set_count(m, "days", asked);
    add_uses(w, m, &tiers);
    add_trends(m, trends, trend_count);
    add_days(m, days, day_count);
    return page(r, "admin/capacity/index", m);
}

struct err *
outlook_post_page(struct req *r)
{
    struct form f;
    int64_t figures;
    TRY(form_read(r, &f));
    TRY(form_done(&f));
    TRY(outlook_take(r->work, &figures));
    return see_other(r, "/admin/capacity?done=outlook.taken");
}

/* ---- The API ---- */

struct err *
outlook_post_snapshot(struct req *r)
{
    int64_t figures;
    TRY(outlook_take(r->work, &figures));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_time(&j, "taken_at", r->work->now_us);
    json_put_i64(&j, "figures", figures);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

static struct json
begin_list(struct req *r)
{
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    return j;
}

static struct err *
end_list(struct req *r, struct json *j)
{
    json_put_end(j);
    json_put_end(j);
    return json_answer(r, 200, &j->out);
}

struct err *
outlook_get_tiers(struct req *r)
{
    struct outlook_tiers tiers;
    TRY(outlook_tiers(r->work, &tiers));
    struct json j = begin_list(r);
    for (size_t i = 0; i < tiers.count; i++) {
        const struct outlook_use *u = &tiers.uses[i];
        json_put_object(&j, NULL);
        json_put_text(&j, "tier", u->tier);
        json_put_text(&j, "limit", u->limit);
        json_put_double(&j, "used", u->used);
        if (u->limited)
            json_put_double(&j, "allowed", u->allowed);
        else
            json_put_null(&j, "allowed");
        json_put_end(&j);
    }
    return end_list(r, &j);
}

struct err *
outlook_get_trends(struct req *r)
{
    struct outlook_trend *trends;
    size_t n;
    int64_t days;
    TRY(asked_days(r, &days));
    TRY(outlook_trends(r->work, days, &trends, &n));
    struct json j = begin_list(r);
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_text(&j, "figure", trends[i].figure);
        json_put_text(&j, "from", trends[i].from);
        json_put_text(&j, "to", trends[i].to);
        json_put_i64(&j, "days", trends[i].days);
        json_put_double(&j, "first", trends[i].first);
        json_put_double(&j, "last", trends[i].last);
        json_put_double(&j, "growth_percent", growth_of(&trends[i]));
        json_put_end(&j);
    }
    return end_list(r, &j);
}
