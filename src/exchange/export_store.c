/* Rows of exports, and what a file says of products: five statements for some hundred of them, each
 * in the order of the products, so that they are put together in one walk. */
#include "exchange/export_store.h"

#include <jansson.h>
#include <string.h>

#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"

const char *const export_state_names[EXPORT_STATES] = { "waiting", "running", "done", "failed" };
const char *const export_format_names[EXPORT_FORMATS] = { "own", "shopify_2024", "woocommerce",
                                                          "translations" };

/* ---- Small readings ---- */

static void
free_json(void *json)
{
    json_decref(json);
}

static json_t *
read_json(struct arena *a, const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    must(json);
    arena_defer(a, free_json, json);
    return json;
}

/* A JSON array of texts. */
static const char **
read_texts(struct arena *a, const char *json, size_t *count)
{
    json_t *list = read_json(a, json);
    size_t n = json_array_size(list);
    const char **texts = NEW_ARRAY(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        texts[i] = text_copy(a, json_string_value(json_array_get(list, i)));
    *count = n;
    return texts;
}

static const char **
read_words(struct arena *a, const char *text, size_t *count)
{
    char *rest = text_copy(a, text);
    const char **words = NEW_ARRAY(a, const char *, strlen(text) + 1);
    size_t n = 0;
    for (char *one; (one = strsep(&rest, " "));)
        if (*one)
            words[n++] = one;
    *count = n;
    return words;
}

static const char *
member(struct arena *a, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text_copy(a, text) : NULL;
}

static int64_t
time_or_0(struct scan *s)
{
    if (!scan_null(s))
        return scan_time(s);
    scan_skip(s);
    return 0;
}

static const char *
text_or_null(struct scan *s)
{
    if (!scan_null(s))
        return scan_text(s);
    scan_skip(s);
    return NULL;
}

/* ---- Exports ---- */

static void
scan_export(struct work *w, struct scan *s, struct export *e)
{
    e->id.n = scan_i64(s);
    e->format = (enum export_format)scan_enum(s, export_format_names, EXPORT_FORMATS);
    json_t *filter = read_json(w->arena, scan_text(s));
    e->filter = (struct export_filter){ .q = member(w->arena, filter, "q"),
                                        .status = member(w->arena, filter, "status"),
                                        .category = member(w->arena, filter, "category") };
    e->languages = read_words(w->arena, scan_text(s), &e->language_count);
    e->state = (enum export_state)scan_enum(s, export_state_names, EXPORT_STATES);
    e->failure = text_or_null(s);
    e->products = scan_i64(s);
    e->of_products = scan_i64(s);
    e->path = text_or_null(s);
    e->bytes = scan_i64(s);
    e->added_us = scan_time(s);
    e->started_us = time_or_0(s);
    e->ended_us = time_or_0(s);
    e->added_by = scan_text(s);
    scan_end(s);
}

struct err *
export_load(struct work *w, struct export_id id, struct export *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_exchange_export_one, ARGS(arg_i64(w, id.n)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "export.unknown", "There is no such export.");
    struct export e = { 0 };
    scan_export(w, &s, &e);
    *out = e;
    return NULL;
}

struct err *
exports_list(struct work *w, int64_t behind, int64_t limit, struct exports *out)
{
    struct rows rows;
    TRY(db_many(w, Q_exchange_exports, ARGS(arg_i64(w, behind), arg_i64(w, limit + 1)), &rows));
    struct exports list = { .at = NEW_ARRAY(w->arena, struct export, (size_t)limit),
                            .more = rows.count > limit };
    for (int i = 0; i < rows.count && i < limit; i++) {
        struct scan s = rows_at(&rows, i);
        scan_export(w, &s, &list.at[list.count++]);
    }
    *out = list;
    return NULL;
}

struct err *
export_store_add(struct work *w, enum export_format format, const char *filter,
                 const char *const *languages, size_t n, struct export_id *out)
{
    struct scan s;
    TRY(db_one(w, Q_exchange_export_add,
               ARGS(arg_text(export_format_names[format]), arg_text(filter),
                    arg_texts(w, languages, n), w->user.n ? arg_i64(w, w->user.n) : arg_null()),
               &s));
    out->n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct err *
export_store_begin(struct work *w, struct export_id id, int64_t of)
{
    return db_exec(w, Q_exchange_export_begin, ARGS(arg_i64(w, id.n), arg_i64(w, of)), NULL);
}

struct err *
export_store_move(struct work *w, struct export_id id, int64_t done)
{
    return db_exec(w, Q_exchange_export_move, ARGS(arg_i64(w, id.n), arg_i64(w, done)), NULL);
}

struct err *
export_store_end(struct work *w, struct export_id id, const char *path, int64_t bytes,
                 const char *failure)
{
    return db_exec(w, Q_exchange_export_end,
                   ARGS(arg_i64(w, id.n), arg_text(path), arg_i64(w, bytes), arg_text(failure)),
                   NULL);
}

struct err *
export_languages(struct work *w, const char ***out, size_t *count)
{
    struct scan s;
    TRY(db_one(w, Q_exchange_languages, NO_ARGS, &s));
    *out = read_words(w->arena, scan_text(&s), count);
    scan_end(&s);
    return NULL;
}

/* ---- Products ---- */

#define FILTER_ARGS(e)                                                                             \
    arg_text((e)->filter.q), arg_text((e)->filter.status), arg_text((e)->filter.category)

struct err *
export_store_layout(struct work *w, const struct export *e, int64_t *products,
                    struct own_layout *out)
{
    struct scan s;
    TRY(db_one(w, Q_exchange_out_layout, ARGS(FILTER_ARGS(e)), &s));
    *products = scan_i64(&s);
    struct own_layout l = { .language_count = e->language_count, .languages = e->languages };
    l.option_count = (size_t)scan_i64(&s);
    l.image_count = (size_t)scan_i64(&s);
    l.warehouses = read_words(w->arena, scan_text(&s), &l.warehouse_count);
    scan_end(&s);
    *out = l;
    return NULL;
}

/* Some products, and the rows of one of the five statements: a walk in step. */
struct batch {
    struct work *w;
    struct import_product *at;
    int64_t *ids;
    size_t count;
};

/* The rows of products[i] among all, which are in the order of the products: from *from on, *n. */
static void
rows_of(const struct batch *b, size_t i, const struct rows *rows, int *from, int *n)
{
    *n = 0;
    while (*from + *n < rows->count) {
        struct scan s = rows_at(rows, *from + *n);
        if (scan_i64(&s) != b->ids[i])
            break;
        ++*n;
    }
}

static void
scan_product(struct work *w, struct scan *s, int64_t *id, struct import_product *p)
{
    static const char *const statuses[] = { "", "active", "draft", "archived" };
    static const char *const conditions[] = { "", "new", "refurbished", "used" };
    *id = scan_i64(s);
    p->sku = scan_text(s);
    scan_skip(s); /* its GTIN is the variant's */
    p->mpn = scan_text(s);
    p->brand = scan_text(s);
    p->categories = NEW_ARRAY(w->arena, const char *, 1);
    p->categories[0] = scan_text(s);
    p->category_count = *p->categories[0] != 0;
    p->has_categories = true;
    p->google_category = scan_text(s);
    p->tags = read_texts(w->arena, scan_text(s), &p->tag_count);
    p->has_tags = true;
    p->status = (enum import_status)scan_enum(s, statuses, COUNT(statuses));
    p->tax_rate_hundredths = scan_i64(s);
    p->has_tax_rate = p->tax_rate_hundredths >= 0;
    p->options = read_texts(w->arena, scan_text(s), &p->option_count);
    p->has_images = true;
    p->condition = (enum import_condition)scan_enum(s, conditions, COUNT(conditions));
    scan_end(s);
}

static struct err *
load_products(struct batch *b, const struct export *e, int64_t behind, int64_t limit)
{
    struct work *w = b->w;
    struct rows rows;
    TRY(db_many(w, Q_exchange_out_products,
                ARGS(FILTER_ARGS(e), arg_i64(w, behind), arg_i64(w, limit)), &rows));
    b->count = (size_t)rows.count;
    b->at = NEW_ARRAY(w->arena, struct import_product, b->count + 1);
    b->ids = NEW_ARRAY(w->arena, int64_t, b->count + 1);
    for (size_t i = 0; i < b->count; i++) {
        struct scan s = rows_at(&rows, (int)i);
        scan_product(w, &s, &b->ids[i], &b->at[i]);
    }
    return NULL;
}

static struct err *
load_texts(struct batch *b, const struct export *e)
{
    struct rows rows;
    int from = 0, n;
    TRY(db_many(
        b->w, Q_exchange_out_texts,
        ARGS(arg_i64s(b->w, b->ids, b->count), arg_texts(b->w, e->languages, e->language_count)),
        &rows));
    for (size_t i = 0; i < b->count; i++, from += n) {
        struct import_product *p = &b->at[i];
        rows_of(b, i, &rows, &from, &n);
        p->texts = NEW_ARRAY(b->w->arena, struct import_text, (size_t)n + 1);
        for (int k = 0; k < n; k++) {
            struct import_text *t = &p->texts[p->text_count++];
            struct scan s = rows_at(&rows, from + k);
            scan_skip(&s);
            t->language = scan_text(&s);
            t->title = scan_text(&s);
            t->description = scan_text(&s);
            t->slug = scan_text(&s);
            scan_end(&s);
        }
    }
    return NULL;
}

static void
scan_variant(struct work *w, struct scan *s, int64_t *id, struct import_variant *v)
{
    size_t n;
    scan_skip(s);
    *id = scan_i64(s);
    v->sku = scan_text(s);
    v->gtin = scan_text(s);
    v->values = read_texts(w->arena, scan_text(s), &n);
    v->price = scan_money(s);
    v->has_price = true;
    v->compare_at = (struct money){ scan_i64(s), v->price.cur };
    v->has_compare_at = v->compare_at.minor >= 0;
    v->weight_g = scan_i64(s);
    v->has_weight = v->weight_g >= 0;
    v->tracked = scan_bool(s);
    v->has_tracked = true;
    v->backorder = scan_bool(s);
    v->has_backorder = true;
    scan_end(s);
}

static void
add_stock(struct work *w, const struct rows *rows, int from, int n, const int64_t *ids,
          struct import_product *p)
{
    for (size_t i = 0; i < p->variant_count; i++)
        p->variants[i].stock = NEW_ARRAY(w->arena, struct import_stock, (size_t)n + 1);
    for (int k = 0; k < n; k++) {
        struct scan s = rows_at(rows, from + k);
        scan_skip(&s);
        int64_t id = scan_i64(&s);
        const char *code = scan_text(&s);
        int64_t pieces = scan_i64(&s);
        scan_end(&s);
        for (size_t i = 0; i < p->variant_count; i++)
            if (ids[i] == id)
                p->variants[i].stock[p->variants[i].stock_count++] =
                    (struct import_stock){ code, pieces };
    }
}

static struct err *
load_variants(struct batch *b)
{
    struct work *w = b->w;
    struct rows rows, stock;
    int from = 0, n, stock_from = 0, stock_n;
    struct arg ids = arg_i64s(w, b->ids, b->count);
    TRY(db_many(w, Q_exchange_out_variants, ARGS(ids), &rows));
    TRY(db_many(w, Q_exchange_out_stock, ARGS(ids), &stock));
    for (size_t i = 0; i < b->count; i++, from += n, stock_from += stock_n) {
        struct import_product *p = &b->at[i];
        rows_of(b, i, &rows, &from, &n);
        rows_of(b, i, &stock, &stock_from, &stock_n);
        p->variants = NEW_ARRAY(w->arena, struct import_variant, (size_t)n + 1);
        int64_t *variant_ids = NEW_ARRAY(w->arena, int64_t, (size_t)n + 1);
        for (int k = 0; k < n; k++) {
            struct scan s = rows_at(&rows, from + k);
            scan_variant(w, &s, &variant_ids[k], &p->variants[k]);
        }
        p->variant_count = (size_t)n;
        add_stock(w, &stock, stock_from, stock_n, variant_ids, p);
    }
    return NULL;
}

static struct err *
load_images(struct batch *b)
{
    struct rows rows;
    int from = 0, n;
    TRY(db_many(b->w, Q_exchange_out_images,
                ARGS(arg_i64s(b->w, b->ids, b->count), arg_text(b->w->settings->public_url)),
                &rows));
    for (size_t i = 0; i < b->count; i++, from += n) {
        struct import_product *p = &b->at[i];
        rows_of(b, i, &rows, &from, &n);
        p->images = NEW_ARRAY(b->w->arena, struct import_image, (size_t)n + 1);
        for (int k = 0; k < n; k++) {
            struct scan s = rows_at(&rows, from + k);
            scan_skip(&s);
            p->images[p->image_count].address = scan_text(&s);
            p->images[p->image_count++].alt = scan_text(&s);
            scan_end(&s);
        }
    }
    return NULL;
}

struct err *
export_store_products(struct work *w, const struct export *e, const struct own_layout *layout,
                      int64_t *behind, int64_t limit, struct import_product **out, size_t *count)
{
    struct batch b = { .w = w };
    TRY(load_products(&b, e, *behind, limit));
    *out = b.at;
    *count = b.count;
    if (!b.count)
        return NULL;
    *behind = b.ids[b.count - 1];
    TRY(load_texts(&b, e));
    if (e->format == EXPORT_TRANSLATIONS)
        return NULL;
    TRY(load_variants(&b));
    TRY(load_images(&b));
    /* Pictures that came while the file is written have no column in it. */
    for (size_t i = 0; i < b.count; i++)
        if (b.at[i].image_count > layout->image_count)
            b.at[i].image_count = layout->image_count;
    return NULL;
}
