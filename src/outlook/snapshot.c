#include "outlook/outlook.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "health/health.h"
#include "outlook/inside.h"

#define DAY_US       (86400 * SECOND_US)
#define FIGURES_MOST 400

const char *
outlook_day_text(struct work *w, int64_t at_us)
{
    return text_copy_n(w->arena, clock_rfc3339(w->arena, at_us), strlen("2026-11-27"));
}

/* ---- Taking one ---- */

struct taking {
    const char *names[FIGURES_MOST], *values[FIGURES_MOST], *most[FIGURES_MOST];
    size_t count;
};

static void
put(struct work *w, struct taking *t, const char *name, double value, double most)
{
    must(t->count < FIGURES_MOST);
    t->names[t->count] = name;
    t->values[t->count] = text_printf(w->arena, "%.17g", value);
    t->most[t->count++] = most > 0 ? text_printf(w->arena, "%.17g", most) : "";
}

static struct err *
add_health(struct work *w, struct taking *t)
{
    struct health h;
    TRY(health_read(w, &h));
    for (int i = 0; i < FIGURES; i++) {
        const struct health_reading *r = &h.readings[i];
        if (r->known)
            put(w, t, r->figure->name, r->value, r->limit);
    }
    return NULL;
}

static struct err *
add_business(struct work *w, struct taking *t)
{
    struct rows rows;
    TRY(db_many(w, Q_outlook_business, NO_ARGS, &rows));
    for (int i = 0; i < rows.count && t->count < FIGURES_MOST; i++) {
        struct scan s = rows_at(&rows, i);
        const char *name = scan_text(&s);
        put(w, t, name, scan_double(&s), 0);
        scan_end(&s);
    }
    return NULL;
}

static struct err *
take(struct work *w, struct taking *t)
{
    TRY(add_health(w, t));
    TRY(add_business(w, t));
    return db_exec(w, Q_outlook_put,
                   ARGS(arg_text(outlook_day_text(w, w->now_us)), arg_texts(w, t->names, t->count),
                        arg_texts(w, t->values, t->count), arg_texts(w, t->most, t->count),
                        arg_time(w, w->now_us)),
                   NULL);
}

struct err *
outlook_take(struct work *w, int64_t *figures)
{
    struct taking *t = NEW(w->arena, struct taking);
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, take(w, t)));
    *figures = (int64_t)t->count;
    return NULL;
}

struct err *
outlook_capture(struct work *w, const struct job *j)
{
    int64_t figures;
    TRY(outlook_take(w, &figures));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(
        w, job_finish(w, j, text_printf(w->arena, "{\"figures\":%lld}", (long long)figures)));
}

/* ---- Reading them ---- */

static struct arg
days_ago(struct work *w, int64_t days)
{
    return arg_text(outlook_day_text(w, w->now_us - days * DAY_US));
}

/* "tier.business.products.used": its parts; false for "tier.business.shops". */
static bool
split(struct work *w, const char *figure, struct outlook_use *use, bool *used)
{
    const char *tier = figure + strlen("tier."), *limit = strchr(tier, '.');
    const char *what = limit ? strrchr(limit, '.') : NULL;
    if (!what || what == limit)
        return false;
    use->tier = text_copy_n(w->arena, tier, (size_t)(limit - tier));
    use->limit = text_copy_n(w->arena, limit + 1, (size_t)(what - limit - 1));
    *used = text_is(what, ".used");
    return true;
}

struct err *
outlook_tiers(struct work *w, struct outlook_tiers *out)
{
    struct rows rows;
    TRY(db_many(w, Q_outlook_tiers, NO_ARGS, &rows));
    *out = (struct outlook_tiers){ .uses = NEW_ARRAY(w->arena, struct outlook_use,
                                                     (size_t)rows.count + 1) };
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct outlook_use part = { 0 }, *last = out->count ? &out->uses[out->count - 1] : NULL;
        const char *figure = scan_text(&s);
        double value = scan_double(&s);
        bool used;
        scan_end(&s);
        if (!split(w, figure, &part, &used))
            continue;
        if (!last || !text_is(last->tier, part.tier) || !text_is(last->limit, part.limit)) {
            last = &out->uses[out->count++];
            *last = part;
        }
        *(used ? &last->used : &last->allowed) = value;
        last->limited |= !used;
    }
    return NULL;
}

struct err *
outlook_trends(struct work *w, int64_t days, struct outlook_trend **out, size_t *count)
{
    struct rows rows;
    TRY(db_many(w, Q_outlook_figures, ARGS(days_ago(w, days)), &rows));
    *out = NEW_ARRAY(w->arena, struct outlook_trend, (size_t)rows.count + 1);
    *count = (size_t)rows.count;
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct outlook_trend *t = &(*out)[i];
        t->figure = scan_text(&s);
        t->first = scan_double(&s);
        t->last = scan_double(&s);
        t->days = scan_i64(&s);
        t->from = scan_text(&s);
        t->to = scan_text(&s);
        scan_end(&s);
    }
    return NULL;
}

struct err *
outlook_days(struct work *w, int64_t days, struct outlook_day **out, size_t *count)
{
    struct rows rows;
    TRY(db_many(w, Q_outlook_days, ARGS(days_ago(w, days), days_ago(w, 0)), &rows));
    *out = NEW_ARRAY(w->arena, struct outlook_day, (size_t)days + 2);
    *count = 0;
    int row = 0;
    for (int64_t ago = 0; ago <= days && row < rows.count; ago++) {
        struct outlook_day *d = &(*out)[(*count)++];
        *d = (struct outlook_day){ .day = outlook_day_text(w, w->now_us - ago * DAY_US) };
        struct scan s = rows_at(&rows, row);
        if (!text_is(scan_text(&s), d->day))
            continue;
        d->taken_us = scan_time(&s);
        row++;
    }
    return NULL;
}
