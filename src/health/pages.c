/* /admin/platform-health: the worst state first, then what needs attention, then all figures. The
 * region in the middle is fetched again by script every ten seconds from the same handler. */
#include <math.h>

#include "base/text.h"
#include "db/db.h"
#include "health/health.h"
#include "health/routes.h"
#include "http/json.h"
#include "http/request.h"
#include "view/value.h"

/* A figure in its unit, for people: the value's own kind knows the language's way to write it. */
static void
set_quantity(struct val *to, const char *name, enum health_unit unit, double value)
{
    switch (unit) {
    case UNIT_PERCENT:
        val_set_count(to, name, (int64_t)llround(value));
        break;
    case UNIT_BYTES:
        val_set_bytes(to, name, (int64_t)value);
        break;
    case UNIT_COUNT:
        val_set_count(to, name, (int64_t)value);
        break;
    }
}

/* A stock has a meter: its level on a scale up to the limit, or up to the critical threshold and a
 * quarter more when it has none. Attributes of <meter> are plain numbers. */
static void
set_meter(struct arena *a, struct val *row, const struct health_reading *r)
{
    const struct health_figure *f = r->figure;
    bool share = r->limit > 0;
    double top = share ? 100 : f->critical * 1.25;
    if (f->critical <= 0)
        return;
    struct val *meter = val_set_map(row, "meter");
    val_set_text(meter, "value", text_printf(a, "%.1f", r->level > top ? top : r->level));
    val_set_text(meter, "low", text_printf(a, "%.0f", f->warning));
    val_set_text(meter, "high", text_printf(a, "%.0f", f->critical));
    val_set_text(meter, "max", text_printf(a, "%.0f", top));
    val_set_count(meter, "percent", (int64_t)llround(100 * r->level / (share ? 100 : f->critical)));
}

static void
add_reading(struct work *w, struct val *rows, const struct health_reading *r)
{
    const struct health_figure *f = r->figure;
    struct val *row = val_add_map(rows);
    const char *state = health_state_name(r->state);

    val_set_text(row, "name", f->name);
    val_set_word(row, "label", text_printf(w->arena, "health.%s", f->name));
    val_set_word(row, "state_label", text_printf(w->arena, "state.%s", state));
    val_set_text(row, "state", state);
    val_set_bool(row, "known", r->known);
    val_set_bool(row, "was_known", r->as_of_us != 0);
    if (r->as_of_us)
        val_set_time(row, "taken", r->as_of_us);
    if (r->known) {
        set_quantity(row, "value", f->unit, r->value);
        bool share = r->limit > 0 && f->unit != UNIT_PERCENT;
        if (share)
            set_quantity(row, "limit", f->unit, r->limit);
        set_meter(w->arena, row, r);
        val_set_word(row, "text",
                     f->unit == UNIT_PERCENT ? "health.percent"
                                             : (share ? "health.of" : "health.plain"));
    }
    if (f->critical > 0) {
        enum health_unit unit = r->limit > 0 ? UNIT_PERCENT : f->unit;
        struct val *threshold = val_set_map(row, "threshold");
        set_quantity(threshold, "warning", unit, f->warning);
        set_quantity(threshold, "critical", unit, f->critical);
        val_set_word(threshold, "text",
                     unit == UNIT_PERCENT ? "health.thresholds_percent" : "health.thresholds");
    }
    if (r->state != HEALTH_OK)
        val_set_word(row, "action", text_printf(w->arena, "health.%s.action", f->name));
}

static struct val *
health_model(struct work *w, const struct health *h)
{
    struct val *m = val_map(w->arena);
    const char *worst = health_state_name(h->worst);

    val_set_text(m, "state", worst);
    val_set_word(m, "state_label", text_printf(w->arena, "state.%s", worst));
    val_set_word(m, "headline", h->attention ? "health.attention" : "health.all_well");
    val_set_count(m, "count", h->attention);
    val_set_time(m, "as_of", h->at_us);
    val_set_bool(m, "redis_up", h->redis_up);
    val_set_bool(m, "redis_was_up", h->redis_away_us != 0);
    if (h->redis_away_us)
        val_set_time(m, "redis_since", h->redis_away_us);

    struct val *attention = val_set_list(m, "attention");
    struct val *resources = val_set_list(m, "resources");
    struct val *growth = val_set_list(m, "growth");
    struct val *all = val_set_list(m, "all");
    for (int i = 0; i < FIGURES; i++) {
        const struct health_reading *r = &h->readings[i];
        add_reading(w, r->figure->kind == KIND_RESOURCE ? resources : growth, r);
        add_reading(w, all, r);
        if (r->state != HEALTH_OK)
            add_reading(w, attention, r);
    }
    val_set_bool(m, "needs_attention", h->attention > 0);
    return m;
}

/* GET /admin/platform-health; the part that is refreshed in place with ?part=live. */
static struct err *
show_health(struct req *r)
{
    struct health h;
    TRY(health_read(r->work, &h));
    bool part = text_is(query_text(r, "part"), "live");
    return page(r, part ? "admin/platform-health/live" : "admin/platform-health/index",
                health_model(r->work, &h));
}

static const char *const unit_names[] = { "", "percent", "bytes", "count" };

static void
reading_json(struct json *j, const struct health_reading *r)
{
    json_put_object(j, r->figure->name);
    json_put_text(j, "state", health_state_name(r->state));
    json_put_text(j, "unit", unit_names[r->figure->unit]);
    if (r->known)
        json_put_double(j, "value", r->value);
    else
        json_put_null(j, "value");
    if (r->known && r->limit > 0)
        json_put_double(j, "limit", r->limit);
    if (r->figure->critical > 0) {
        json_put_double(j, "warning", r->figure->warning);
        json_put_double(j, "critical", r->figure->critical);
    }
    if (r->as_of_us)
        json_put_time(j, "as_of", r->as_of_us);
    json_put_end(j);
}

/* GET /api/v1/admin/platform-health */
static struct err *
get_health(struct req *r)
{
    struct health h;
    TRY(health_read(r->work, &h));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "state", health_state_name(h.worst));
    json_put_i64(&j, "attention", h.attention);
    json_put_time(&j, "as_of", h.at_us);
    json_put_text(&j, "redis", h.redis_up ? "up" : "away");
    if (h.redis_away_us)
        json_put_time(&j, "redis_away_since", h.redis_away_us);
    json_put_object(&j, "figures");
    for (int i = 0; i < FIGURES; i++)
        reading_json(&j, &h.readings[i]);
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* clang-format off */
const struct route health_routes[] = {
    /*      path                             body     who        rate           may          csrf       tx                handler */
    { GET,  "/admin/platform-health",        NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE, TX_OPERATOR_READ, show_health },
    { GET,  "/api/v1/admin/platform-health", NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE, TX_OPERATOR_READ, get_health },
};
/* clang-format on */
const size_t health_route_count = COUNT(health_routes);
