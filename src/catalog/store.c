/* Rows of products, their texts and their variants, read into structs. Writing is write.c's. */
#include <string.h>

#include "catalog/store.h"
#include "db/db.h"

static struct err *
no_such_product(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "product.unknown", "There is no such product.");
}

/* ---- Arrays of PostgreSQL: {a,"b c",NULL} ---- */

static const char *
read_element(struct arena *a, const char **at)
{
    struct buf b = buf_new(a, 32);
    const char *p = *at;
    bool quoted = *p == '"';
    for (p += quoted; *p && (quoted ? *p != '"' : *p != ',' && *p != '}'); p++) {
        if (*p == '\\' && p[1])
            p++;
        buf_char(&b, *p);
    }
    *at = p + (quoted && *p == '"');
    return b.at;
}

size_t
array_texts(struct arena *a, const char *array, const char **out, size_t most)
{
    size_t n = 0;
    const char *at = *array == '{' ? array + 1 : "";
    while (*at && *at != '}' && n < most) {
        out[n++] = read_element(a, &at);
        at += *at == ',';
    }
    return n;
}

/* ---- One row each ---- */

static void
scan_product(struct work *w, struct scan *s, struct product *p)
{
    p->given = PRODUCT_ALL_GIVEN;
    p->id.n = scan_i64(s);
    p->sku = scan_text(s);
    p->gtin = scan_text(s);
    p->brand = scan_text(s);
    p->mpn = scan_text(s);
    p->category = scan_text(s);
    p->condition = scan_text(s);
    p->google_category = scan_text(s);
    p->price = scan_money(s);
    p->has_compare_at = !scan_null(s);
    p->compare_at = (struct money){ scan_i64(s), p->price.cur };
    p->status = (enum product_status)scan_enum(s, product_status_names, PRODUCT_STATUSES);
    p->tags = NEW_ARRAY(w->arena, const char *, PRODUCT_TAGS_MAX);
    p->tag_count = array_texts(w->arena, scan_text(s), p->tags, PRODUCT_TAGS_MAX);
    p->tax_bp = scan_null(s) ? (scan_skip(s), -1) : scan_i64(s);
    p->weight_g = scan_null(s) ? (scan_skip(s), -1) : scan_i64(s);
    p->option_count = array_texts(w->arena, scan_text(s), p->options, PRODUCT_OPTIONS_MAX);
    p->version = scan_i64(s);
    p->created_us = scan_time(s);
    p->updated_us = scan_time(s);
    scan_end(s);
}

static void
scan_variant(struct work *w, struct scan *s, const struct product *p, struct product_variant *v)
{
    *v = variant_blank(p->price.cur);
    v->given = PRODUCT_ALL_GIVEN;
    v->id.n = scan_i64(s);
    v->position = scan_i64(s);
    v->sku = scan_text(s);
    v->gtin = scan_text(s);
    array_texts(w->arena, scan_text(s), v->values, PRODUCT_OPTIONS_MAX);
    v->has_price = !scan_null(s);
    v->price.minor = scan_i64(s);
    v->has_compare_at = !scan_null(s);
    v->compare_at.minor = scan_i64(s);
    v->weight_g = scan_null(s) ? (scan_skip(s), -1) : scan_i64(s);
    v->tracked = scan_bool(s);
    v->backorder = scan_bool(s);
    v->available = scan_i64(s);
    scan_end(s);
}

/* ---- Many at once ---- */

/* Rows come in the order of the products' ids, as the products do. */
static size_t
rows_of(const struct rows *rows, int from, int64_t id)
{
    int to = from;
    for (; to < rows->count; to++) {
        struct scan s = rows_at(rows, to);
        if (scan_i64(&s) != id)
            break;
    }
    return (size_t)(to - from);
}

static struct err *
load_texts(struct work *w, struct arg ids, struct product *all, size_t n)
{
    struct rows rows;
    int at = 0;
    TRY(db_many(w, Q_catalog_texts, ARGS(ids), &rows));
    for (size_t i = 0; i < n; i++) {
        all[i].text_count = rows_of(&rows, at, all[i].id.n);
        all[i].texts = NEW_ARRAY(w->arena, struct product_text, all[i].text_count + 1);
        for (size_t k = 0; k < all[i].text_count; k++) {
            struct scan s = rows_at(&rows, at++);
            struct product_text *t = &all[i].texts[k];
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

static struct err *
load_variants(struct work *w, struct arg ids, struct product *all, size_t n)
{
    struct rows rows;
    int at = 0;
    TRY(db_many(w, Q_catalog_variants, ARGS(ids), &rows));
    for (size_t i = 0; i < n; i++) {
        all[i].variant_count = rows_of(&rows, at, all[i].id.n);
        all[i].variants = NEW_ARRAY(w->arena, struct product_variant, all[i].variant_count + 1);
        for (size_t k = 0; k < all[i].variant_count; k++) {
            struct scan s = rows_at(&rows, at++);
            scan_skip(&s);
            scan_variant(w, &s, &all[i], &all[i].variants[k]);
        }
    }
    return NULL;
}

struct err *
products_load(struct work *w, const int64_t *ids, size_t count, bool lock, struct product **out,
              size_t *n)
{
    struct rows rows;
    struct arg wanted = arg_i64s(w, ids, count);
    TRY(db_many(w, lock ? Q_catalog_lock : Q_catalog_products, ARGS(wanted), &rows));
    struct product *all = NEW_ARRAY(w->arena, struct product, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        scan_product(w, &s, &all[i]);
    }
    TRY(load_texts(w, wanted, all, (size_t)rows.count));
    TRY(load_variants(w, wanted, all, (size_t)rows.count));
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
product_load(struct work *w, struct product_id id, struct product *out)
{
    struct product *all;
    size_t n;
    TRY(products_load(w, &id.n, 1, false, &all, &n));
    if (!n)
        return no_such_product(w);
    *out = all[0];
    return NULL;
}

struct err *
products_find(struct work *w, const char *const *skus, size_t count, int64_t *ids)
{
    struct rows rows;
    TRY(db_many(w, Q_catalog_find_skus, ARGS(arg_texts(w, skus, count)), &rows));
    memset(ids, 0, count * sizeof(*ids));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int64_t place = scan_i64(&s);
        must(place > 0 && (size_t)place <= count);
        ids[place - 1] = scan_i64(&s);
        scan_end(&s);
    }
    return NULL;
}

struct err *
products_load_by_sku(struct work *w, const char *const *skus, size_t n, struct product **out,
                     size_t *found)
{
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, n + 1);
    TRY(products_find(w, skus, n, ids));
    return products_load(w, ids, n, false, out, found);
}
