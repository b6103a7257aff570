#include "stock/places.h"

#include <string.h>

#include "base/text.h"
#include "http/cursor.h"
#include "search/search.h"
#include "stock/inside.h"

#define PAGE        50
#define PAGE_MOST   200
#define FOUND_MOST  500  /* variants that a search looks at */
#define PLACES_MOST 1000 /* of one variant */

const char *const place_state_names[4] = { "", "low", "out", "uncounted" };

/* ---- The filter ---- */

static const char *
given(const struct req *r, const char *name)
{
    const char *text = query_text(r, name);
    return text && *text ? text : NULL;
}

static struct err *
bad_value(struct req *r, const char *name)
{
    return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.parameter_value", name,
                      text_printf(r->work->arena, "%s has not such a value.", name));
}

static struct err *
read_state(struct req *r, enum place_state *out)
{
    const char *state = given(r, "state");
    *out = PLACES_ALL;
    for (size_t i = 0; state && i < COUNT(place_state_names); i++)
        if (text_is(state, place_state_names[i])) {
            *out = (enum place_state)i;
            return NULL;
        }
    return state ? bad_value(r, "state") : NULL;
}

static struct err *
read_cursor(struct req *r, struct place_filter *f)
{
    const char *keys[3];
    bool is_given;
    TRY(cursor_read(r, keys, COUNT(keys), &is_given));
    f->is_first = !is_given;
    f->variant.n = f->behind_warehouse.n = INT64_MAX;
    f->bin = "";
    if (!is_given)
        return NULL;
    if (!text_to_id(keys[0], &f->variant.n) || !text_to_i64(keys[1], &f->behind_warehouse.n))
        return cursor_refused(r);
    f->bin = keys[2];
    return NULL;
}

struct err *
places_read_filter(struct req *r, struct place_filter *out)
{
    struct place_filter f = { .q = given(r, "q") };
    const char *warehouse = given(r, "warehouse");
    if (warehouse && !text_to_id(warehouse, &f.warehouse.n))
        return bad_value(r, "warehouse");
    TRY(read_state(r, &f.state));
    TRY(read_cursor(r, &f));
    TRY(query_limit(r, PAGE, PAGE_MOST, &f.limit));
    *out = f;
    return NULL;
}

/* ---- Rows ---- */

static struct place
scan_place(struct scan s)
{
    struct place p = { .variant = { scan_i64(&s) } };
    p.warehouse.n = scan_i64(&s);
    p.bin = scan_text(&s);
    p.sku = scan_text(&s);
    p.options = scan_text(&s);
    p.product.n = scan_i64(&s);
    p.warehouse_code = scan_text(&s);
    p.warehouse_name = scan_text(&s);
    p.warehouse_active = scan_bool(&s);
    p.on_hand = scan_i64(&s);
    p.reserved = scan_i64(&s);
    p.low_at = scan_null(&s) ? (scan_skip(&s), -1) : scan_i64(&s);
    p.level = scan_i64(&s);
    p.updated_us = scan_time(&s);
    scan_end(&s);
    return p;
}

/* A variant that is not counted lies nowhere. */
static struct place
scan_uncounted(struct scan s)
{
    struct place p = { .variant = { scan_i64(&s) }, .bin = "", .low_at = -1 };
    p.sku = scan_text(&s);
    p.options = scan_text(&s);
    p.product.n = scan_i64(&s);
    scan_end(&s);
    return p;
}

static struct err *
add_titles(struct work *w, struct place *at, size_t n)
{
    struct rows rows;
    int64_t *products = NEW_ARRAY(w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        products[i] = at[i].product.n;
    TRY(db_many(w, Q_stock_titles, ARGS(arg_i64s(w, products, n), arg_text(w->language)), &rows));
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        at[i].title = scan_text(&s);
        at[i].title_language = scan_text(&s);
        scan_end(&s);
    }
    return NULL;
}

#define BEHIND(w, f)                                                                               \
    arg_i64(w, (f)->variant.n), arg_i64(w, (f)->behind_warehouse.n), arg_text((f)->bin)

static struct arg
warehouse_or_any(struct work *w, const struct place_filter *f)
{
    return f->warehouse.n ? arg_i64(w, f->warehouse.n) : arg_null();
}

/* The variant of that SKU; when there is none, those of the products that the words mean. */
static struct err *
find_variants(struct work *w, const char *text, struct rows *out)
{
    struct search_result products;
    const struct search_query q = { .text = text, .limit = SEARCH_MOST };
    TRY(db_many(w, Q_stock_of_sku, ARGS(arg_text(text)), out));
    if (out->count)
        return NULL;
    TRY(search_find(w, &q, &products));
    return db_many(w, Q_stock_of_found,
                   ARGS(arg_i64s(w, products.ids, products.count), arg_i64(w, FOUND_MOST)), out);
}

static struct err *
load_found(struct work *w, const struct place_filter *f, int64_t limit, struct rows *rows)
{
    struct rows found;
    TRY(find_variants(w, f->q, &found));
    int64_t *variants = NEW_ARRAY(w->arena, int64_t, (size_t)found.count);
    for (int i = 0; i < found.count; i++) {
        struct scan s = rows_at(&found, i);
        variants[i] = scan_i64(&s);
        scan_end(&s);
    }
    if (f->state == PLACES_UNCOUNTED)
        return db_many(w, Q_stock_uncounted_among,
                       ARGS(arg_i64(w, f->variant.n), arg_i64(w, limit),
                            arg_i64s(w, variants, (size_t)found.count)),
                       rows);
    return db_many(w, Q_stock_places_among,
                   ARGS(BEHIND(w, f), arg_i64(w, limit), warehouse_or_any(w, f),
                        arg_i64(w, f->state), arg_i64s(w, variants, (size_t)found.count)),
                   rows);
}

/* One statement a filter, so that each has the index it needs. */
static struct err *
load_rows(struct work *w, const struct place_filter *f, int64_t limit, struct rows *rows)
{
    if (f->q)
        return load_found(w, f, limit, rows);
    if (f->state == PLACES_UNCOUNTED)
        return db_many(w, Q_stock_uncounted, ARGS(arg_i64(w, f->variant.n), arg_i64(w, limit)),
                       rows);
    if (f->state == PLACES_LOW)
        return db_many(w, Q_stock_places_low,
                       ARGS(BEHIND(w, f), arg_i64(w, limit), warehouse_or_any(w, f)), rows);
    if (f->state == PLACES_OUT)
        return db_many(w, Q_stock_places_out,
                       ARGS(BEHIND(w, f), arg_i64(w, limit), warehouse_or_any(w, f)), rows);
    if (f->warehouse.n)
        return db_many(w, Q_stock_places_of,
                       ARGS(BEHIND(w, f), arg_i64(w, limit), arg_i64(w, f->warehouse.n)), rows);
    return db_many(w, Q_stock_places, ARGS(BEHIND(w, f), arg_i64(w, limit)), rows);
}

struct err *
places_load(struct req *r, const struct place_filter *f, struct place_page *out)
{
    struct rows rows;
    struct arena *a = r->work->arena;
    struct place_page p = { 0 };
    TRY(load_rows(r->work, f, f->limit + 1, &rows));
    p.count = (size_t)(rows.count > f->limit ? f->limit : rows.count);
    p.at = NEW_ARRAY(a, struct place, p.count);
    for (size_t i = 0; i < p.count; i++) {
        struct scan s = rows_at(&rows, (int)i);
        p.at[i] = f->state == PLACES_UNCOUNTED ? scan_uncounted(s) : scan_place(s);
    }
    if (rows.count > f->limit) {
        const struct place *last = &p.at[p.count - 1];
        const char *const keys[] = { text_i64(a, last->variant.n), text_i64(a, last->warehouse.n),
                                     last->bin };
        p.older = cursor_make(r, keys, COUNT(keys));
    }
    TRY(add_titles(r->work, p.at, p.count));
    *out = p;
    return NULL;
}

/* ---- One variant ---- */

static struct err *
load_places_of(struct work *w, struct stocked *v)
{
    struct rows rows;
    const struct place_filter all = { .variant = { INT64_MAX }, .bin = "" };
    TRY(db_many(w, Q_stock_places_among,
                ARGS(BEHIND(w, &all), arg_i64(w, PLACES_MOST), arg_null(), arg_i64(w, 0),
                     arg_i64s(w, &v->variant.n, 1)),
                &rows));
    v->count = (size_t)rows.count;
    v->at = NEW_ARRAY(w->arena, struct place, v->count);
    for (size_t i = 0; i < v->count; i++) /* first warehouse, first bin in front */
        v->at[v->count - 1 - i] = scan_place(rows_at(&rows, (int)i));
    return NULL;
}

struct err *
stocked_load(struct work *w, struct variant_id variant, struct stocked *out)
{
    struct scan s;
    bool found;
    struct stocked v = { .variant = variant };
    struct place named = { 0 };
    TRY(db_maybe(w, Q_stock_variant, ARGS(arg_i64(w, variant.n)), &found, &s));
    if (!found)
        return stock_no_variant(w);
    v.sku = scan_text(&s);
    v.options = scan_text(&s);
    named.product.n = scan_i64(&s);
    v.tracked = scan_bool(&s);
    v.backorder = scan_bool(&s);
    scan_end(&s);
    TRY(add_titles(w, &named, 1));
    v.product = named.product;
    v.title = named.title;
    v.title_language = named.title_language;
    TRY(load_places_of(w, &v));
    *out = v;
    return NULL;
}

struct err *
variant_param(struct req *r, int i, struct variant_id *out)
{
    struct variant_id id;
    struct scan s;
    bool found;
    TRY(param_id(r, i, &id.n));
    TRY(db_maybe(r->work, Q_stock_variant, ARGS(arg_i64(r->work, id.n)), &found, &s));
    if (!found)
        return stock_no_variant(r->work);
    *out = id;
    return NULL;
}

struct err *
stocked_lock(struct work *w, struct variant_id variant)
{
    struct rows rows;
    return db_many(w, Q_stock_lock_variant, ARGS(arg_i64(w, variant.n)), &rows);
}
