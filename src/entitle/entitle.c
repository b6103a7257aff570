#include "entitle/entitle.h"

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "entitle/inside.h"
#include "entitle/limit.h"
#include "http/json.h"

#define PACE_DAYS INT64_C(28) /* over which products are watched */
#define SEEN_DAYS INT64_C(7)  /* of a shop or usage window, before a pace says anything */

static const char *const stage_names[STAGES] = { "all", "overdue", "restricted", "read_only" };

void
entitle_sum(const struct entitle_offers *offers, const struct entitle_held *held, size_t n,
            int64_t limits[ENTITLE_LIMITS], const struct entitle_offer **tier)
{
    const struct entitle_offer *found = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct entitle_offer *offer = entitle_find(offers, held[i].code);
        if (offer && offer->rank >= 0)
            found = offer;
    }
    for (int k = 0; k < ENTITLE_LIMITS; k++) {
        limits[k] = found ? found->limit[k] : 0;
        for (size_t i = 0; i < n; i++) {
            const struct entitle_offer *offer = entitle_find(offers, held[i].code);
            if (offer && offer->rank < 0)
                limits[k] = limit_sum(limits[k], offer->limit[k], held[i].quantity);
        }
    }
    if (tier)
        *tier = found;
}

static void
put_grant(struct json *j, const struct entitle_grant *g)
{
    const struct entitle_offer *tier = NULL;
    int64_t limits[ENTITLE_LIMITS];
    entitle_sum(g->offers, g->held, g->held_count, limits, &tier);
    json_put_object(j, NULL);
    json_put_i64(j, "vendor", g->vendor.n);
    json_put_text(j, "tier", tier ? tier->code : "");
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        if (limits[i] != UNLIMITED)
            json_put_i64(j, entitle_names[i], limits[i]);
    json_put_array(j, "features");
    for (size_t i = 0; tier && tier->features[i]; i++)
        json_put_text(j, NULL, tier->features[i]);
    json_put_end(j);
    json_put_text(j, "stage", stage_names[g->stage]);
    json_put_i64(j, "usage_from", g->times.usage_from);
    json_put_i64(j, "usage_to", g->times.usage_to);
    if (g->times.ended_at)
        json_put_i64(j, "closed_from", g->times.ended_at + CLOSED_AFTER_S);
    json_put_end(j);
}

struct err *
entitle_write(struct work *w, const struct entitle_grant *grants, size_t n)
{
    struct json j = json_begin(w->arena);
    if (!n)
        return NULL;
    json_put_array(&j, NULL);
    for (size_t i = 0; i < n; i++)
        put_grant(&j, &grants[i]);
    json_put_end(&j);
    return db_exec(w, Q_entitle_write, ARGS(arg_text(j.out.at), arg_time(w, w->now_us)), NULL);
}

static void
set_use(struct entitle_use *use, int64_t used, int64_t most)
{
    use->used = used;
    use->most = most;
    use->level = (int)limit_level_of(used, most);
    if (most > 0)
        use->percent = used / most > 1000 ? 100000 : (int)(used * 100 / most);
}

/* On a straight line from here: so many more each `days`. */
static void
expect(struct work *w, struct entitle_use *use, int64_t more, int64_t days, int64_t before)
{
    if (use->most == UNLIMITED || use->used >= use->most || more <= 0 || days < SEEN_DAYS)
        return;
    int64_t left = use->most - use->used, now = w->now_us / SECOND_US;
    if (left > INT64_C(3650) * more / days) /* further off than anybody plans */
        return;
    int64_t at = now + left * days * DAY_S / more;
    use->expected = !before || at < before;
    use->reached_at = at;
}

struct err *
entitle_usage(struct work *w, int64_t window_from, int64_t window_to, bool *known,
              struct entitle_use out[ENTITLE_LIMITS])
{
    struct scan s;
    int64_t used[ENTITLE_LIMITS];
    TRY(db_one(w, Q_entitle_usage,
               ARGS(arg_i64(w, w->vendor.n), arg_time(w, window_from * SECOND_US),
                    arg_time(w, window_to * SECOND_US)),
               &s));
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        used[i] = scan_i64(&s);
    *known = !scan_null(&s);
    scan_skip(&s);
    for (int i = 0; i < ENTITLE_LIMITS; i++) {
        bool unlimited = scan_null(&s);
        int64_t most = scan_i64(&s);
        out[i] = (struct entitle_use){ .limit = (enum entitle_limit)i };
        set_use(&out[i], used[i], unlimited ? UNLIMITED : most);
    }
    int64_t products = scan_i64(&s), age = scan_i64(&s);
    int64_t seen_s = w->now_us / SECOND_US - window_from;
    scan_end(&s);
    expect(w, &out[ENTITLE_PRODUCTS], products, age < PACE_DAYS ? age : PACE_DAYS, 0);
    expect(w, &out[ENTITLE_ORDERS_PER_MONTH], used[ENTITLE_ORDERS_PER_MONTH], seen_s / DAY_S,
           window_to);
    return NULL;
}

struct err *
entitle_newest(struct work *w, struct entitle_use uses[ENTITLE_LIMITS])
{
    struct rows rows;
    TRY(db_many(w, Q_entitle_newest,
                ARGS(arg_i64(w, w->vendor.n), arg_text(w->language), arg_i64(w, NEWEST_MOST)),
                &rows));
    struct entitle_thing *list = NEW_ARRAY(w->arena, struct entitle_thing, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct entitle_use *use = &uses[scan_enum(&s, entitle_names, ENTITLE_LIMITS)];
        list[i] = (struct entitle_thing){ .id = scan_i64(&s), .name = scan_text(&s) };
        list[i].language = scan_text(&s);
        scan_end(&s);
        if (!use->newest_count++)
            use->newest = &list[i];
    }
    return NULL;
}

size_t
entitle_impact(const struct entitle_use uses[ENTITLE_LIMITS], const int64_t limits[ENTITLE_LIMITS],
               struct entitle_over out[ENTITLE_LIMITS])
{
    size_t n = 0;
    for (int i = 0; i < ENTITLE_LIMITS; i++) {
        const struct entitle_use *use = &uses[i];
        if (limits[i] == UNLIMITED || use->used <= limits[i])
            continue;
        int64_t excess = use->used - limits[i];
        bool all = use->newest_count <= (uint64_t)excess;
        out[n++] =
            (struct entitle_over){ .limit = (enum entitle_limit)i,
                                   .used = use->used,
                                   .most = limits[i],
                                   .excess = excess,
                                   .newest = use->newest,
                                   .newest_count = all ? use->newest_count : (size_t)excess };
    }
    return n;
}
