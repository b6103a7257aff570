/* Rows of products and their texts. */
#include "base/text.h"
#include "catalog/catalog.h"
#include "db/db.h"

static const struct db_refusal refusals[] = {
    { "product_sku_once", "product.sku_taken", "sku", "Another product has this SKU." },
    { "product_sku_length", "product.sku", "sku", "1 to 64 characters." },
    { "product_gtin_form", "gtin.length", "gtin", "A GTIN has 8, 12, 13 or 14 digits." },
    { "product_compare_at_above", "product.compare_at", "compare_at_price",
      "This must be above the price." },
    { "product_title_length", "product.title", "translations.en.title", "1 to 200 characters." },
};

static struct err *
refused(struct work *w, struct err *e)
{
    return db_refusal(w, e, refusals, COUNT(refusals));
}

static void
scan_product(struct scan *s, struct product *p)
{
    p->id.n = scan_i64(s);
    p->sku = scan_text(s);
    p->gtin = scan_text(s);
    p->brand = scan_text(s);
    p->category = scan_text(s);
    p->price = scan_money(s);
    p->compare_at = (struct money){ scan_i64(s), p->price.cur };
    p->has_compare_at = scan_bool(s);
    p->active = scan_bool(s);
    p->version = scan_i64(s);
    p->created_us = scan_time(s);
    p->updated_us = scan_time(s);
    scan_end(s);
}

static void
keep_text(struct product *p, const struct product_text *t)
{
    for (size_t i = 0; i < CATALOG_TEXTS_MAX; i++)
        if (text_is(p->texts[i].language, t->language)) {
            p->texts[i].title = t->title;
            p->texts[i].description = t->description;
            p->texts[i].slug = t->slug;
        }
}

struct err *
product_load(struct work *w, struct product_id id, struct product *out)
{
    struct product p = product_blank(CUR_EUR);
    struct rows texts;
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_catalog_one, ARGS(arg_i64(w, id.n)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "product.unknown", "There is no such product.");
    scan_product(&s, &p);
    TRY(db_many(w, Q_catalog_texts, ARGS(arg_i64(w, id.n)), &texts));
    for (int i = 0; i < texts.count; i++) {
        struct scan row = rows_at(&texts, i);
        struct product_text t;
        t.language = scan_text(&row);
        t.title = scan_text(&row);
        t.description = scan_text(&row);
        t.slug = scan_text(&row);
        scan_end(&row);
        keep_text(&p, &t);
    }
    *out = p;
    return NULL;
}

static struct err *
save_text(struct work *w, struct product_id id, const struct product_text *t)
{
    struct scan s;
    if (!*t->title)
        return db_exec(w, Q_catalog_drop_text, ARGS(arg_i64(w, id.n), arg_text(t->language)), NULL);
    TRY(db_one(w, Q_catalog_free_slug,
               ARGS(arg_i64(w, id.n), arg_text(t->language), arg_text(t->slug)), &s));
    const char *slug = scan_text(&s);
    scan_end(&s);
    return db_exec(w, Q_catalog_set_text,
                   ARGS(arg_i64(w, id.n), arg_text(t->language), arg_text(t->title),
                        arg_text(t->description), arg_text(slug)),
                   NULL);
}

static struct err *
save_texts(struct work *w, struct product_id id, const struct product *p)
{
    for (size_t i = 0; i < CATALOG_TEXTS_MAX; i++)
        if (p->texts[i].language)
            TRY(save_text(w, id, &p->texts[i]));
    return NULL;
}

#define PRODUCT_ARGS(w, p)                                                                         \
    arg_text((p)->sku), arg_text(*(p)->gtin ? (p)->gtin : NULL), arg_text((p)->brand),             \
        arg_text((p)->category), arg_i64(w, (p)->price.minor),                                     \
        (p)->has_compare_at ? arg_i64(w, (p)->compare_at.minor) : arg_null(),                      \
        arg_text(currency_code((p)->price.cur)), arg_bool((p)->active)

struct err *
product_add(struct work *w, const struct product *p, struct product_id *out)
{
    struct scan s;
    TRY(refused(w, db_one(w, Q_catalog_add, ARGS(PRODUCT_ARGS(w, p)), &s)));
    struct product_id id = { scan_i64(&s) };
    scan_end(&s);
    TRY(refused(w, save_texts(w, id, p)));
    *out = id;
    return NULL;
}

struct err *
product_save(struct work *w, const struct product *p)
{
    int64_t changed;
    TRY(refused(w, db_exec(w, Q_catalog_change,
                           ARGS(arg_i64(w, p->id.n), arg_i64(w, p->version), PRODUCT_ARGS(w, p)),
                           &changed)));
    if (!changed)
        return FAIL(w->arena, ERR_STALE, "product.stale",
                    "Somebody else has saved this product meanwhile.");
    return refused(w, save_texts(w, p->id, p));
}

struct err *
products_delete(struct work *w, const char *ids, int64_t *changed)
{
    return db_exec(w, Q_catalog_delete, ARGS(arg_text(ids)), changed);
}

struct err *
products_set_active(struct work *w, const char *ids, bool active, int64_t *changed)
{
    return db_exec(w, Q_catalog_set_active, ARGS(arg_text(ids), arg_bool(active)), changed);
}
