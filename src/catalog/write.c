/* How products get into the database: any number by one statement, of each only what differs. What
 * goes (texts, variants) goes first, by statements of its own, which most writes do not need. */
#include "catalog/store.h"

#include <string.h>

#include "db/db.h"
#include "hooks/hooks.h"
#include "http/json.h"

static const struct db_refusal refusals[] = {
    { "product_sku_once", "product.sku_taken", "sku", "Another product has this SKU." },
    { "product_sku_elsewhere", "product.sku_taken", "sku", "Another product has this SKU." },
    { "product_variant_sku_once", "product.sku_taken", "sku", "Another product has this SKU." },
    { "product_variant_options_once", "product.variant_twice", "options",
      "Another variant has the same options." },
    { "product_slug_once", "product.slug_taken", "translations",
      "Another product has this address." },
};

static const char *const way_names[] = { "person", "api", "import", "bulk" };

/* ---- What differs, as JSON ---- */

static void
put_texts(struct json *j, const char *name, const char *const *texts, size_t n)
{
    json_put_array(j, name);
    for (size_t i = 0; i < n; i++)
        json_put_text(j, NULL, texts[i]);
    json_put_end(j);
}

static void
put_number(struct json *j, const char *name, bool has, int64_t n)
{
    if (has)
        json_put_i64(j, name, n);
    else
        json_put_null(j, name);
}

static void
put_changes(struct json *j, const struct product_write *write)
{
    if (!write->before) {
        json_put_null(j, "changes");
        return;
    }
    json_put_array(j, "changes");
    for (size_t i = 0; i < write->difference_count; i++) {
        const struct product_difference *d = &write->differences[i];
        json_put_object(j, NULL);
        json_put_text(j, "field", d->field);
        json_put_text(j, "before", d->before);
        json_put_text(j, "after", d->after);
        json_put_end(j);
    }
    json_put_end(j);
}

static void
put_product(struct json *j, size_t n, const struct product_write *write)
{
    const struct product *p = write->after;
    json_put_object(j, NULL);
    json_put_i64(j, "n", (int64_t)n);
    put_number(j, "id", write->before != NULL, p->id.n);
    put_number(j, "version", write->before != NULL, p->version);
    json_put_text(j, "sku", p->sku);
    json_put_text(j, "gtin", *p->gtin ? p->gtin : NULL);
    json_put_text(j, "brand", p->brand);
    json_put_text(j, "mpn", p->mpn);
    json_put_text(j, "category", p->category);
    json_put_text(j, "condition", p->condition);
    json_put_text(j, "google_category", p->google_category);
    json_put_i64(j, "price", p->price.minor);
    put_number(j, "compare_at", p->has_compare_at, p->compare_at.minor);
    json_put_text(j, "currency", currency_code(p->price.cur));
    json_put_text(j, "status", product_status_names[p->status]);
    put_texts(j, "tags", p->tags, p->tag_count);
    put_number(j, "tax_bp", p->tax_bp >= 0, p->tax_bp);
    put_number(j, "weight_g", p->weight_g >= 0, p->weight_g);
    put_texts(j, "options", p->options, p->option_count);
    put_changes(j, write);
    json_put_end(j);
}

static bool
text_differs(const struct product_write *write, const struct product_text *t)
{
    const struct product_text *old =
        write->before ? product_text_in(write->before, t->language) : NULL;
    return !old || !text_is(old->title, t->title) || !text_is(old->description, t->description) ||
           !text_is(old->slug, t->slug);
}

static void
put_product_texts(struct json *j, size_t n, const struct product_write *write)
{
    for (size_t i = 0; i < write->after->text_count; i++) {
        const struct product_text *t = &write->after->texts[i];
        if (!*t->title || !text_differs(write, t))
            continue;
        json_put_object(j, NULL);
        json_put_i64(j, "n", (int64_t)n);
        json_put_text(j, "language", t->language);
        json_put_text(j, "title", t->title);
        json_put_text(j, "description", t->description);
        json_put_text(j, "slug", t->slug);
        json_put_end(j);
    }
}

static void
put_variants(struct json *j, size_t n, const struct product_write *write)
{
    const struct product *p = write->after;
    for (size_t i = 0; i < p->variant_count; i++) {
        const struct product_variant *v = &p->variants[i];
        const struct product_variant *old =
            v->id.n && write->before ? variant_of(write->before, v->id, i) : NULL;
        if (old && variant_is_same(write->before, p, old, v))
            continue;
        json_put_object(j, NULL);
        json_put_i64(j, "n", (int64_t)n);
        put_number(j, "id", v->id.n != 0, v->id.n);
        json_put_i64(j, "position", v->position);
        json_put_text(j, "sku", v->sku);
        json_put_text(j, "gtin", *v->gtin ? v->gtin : NULL);
        put_texts(j, "values", v->values, p->option_count);
        put_number(j, "price", v->has_price, v->price.minor);
        put_number(j, "compare_at", v->has_compare_at, v->compare_at.minor);
        put_number(j, "weight_g", v->weight_g >= 0, v->weight_g);
        json_put_bool(j, "tracked", v->tracked);
        json_put_bool(j, "backorder", v->backorder);
        json_put_end(j);
    }
}

static struct arg
rows_as_json(struct work *w, const struct product_write *all, size_t n,
             void (*put)(struct json *j, size_t i, const struct product_write *one))
{
    struct json j = json_begin(w->arena);
    json_put_array(&j, NULL);
    for (size_t i = 0; i < n; i++)
        if (all[i].difference_count)
            put(&j, i, &all[i]);
    json_put_end(&j);
    return arg_text(j.out.at);
}

/* ---- What goes ---- */

struct gone {
    int64_t *texts_of, *variants;
    const char **languages;
    size_t text_count, variant_count;
};

static void
find_gone(const struct product_write *write, struct gone *gone)
{
    const struct product *old = write->before, *new = write->after;
    for (size_t i = 0; i < old->text_count; i++) {
        const struct product_text *t = product_text_in(new, old->texts[i].language);
        if (t && *t->title)
            continue;
        gone->texts_of[gone->text_count] = old->id.n;
        gone->languages[gone->text_count++] = old->texts[i].language;
    }
    for (size_t i = 0; i < old->variant_count; i++)
        if (!variant_of(new, old->variants[i].id, i))
            gone->variants[gone->variant_count++] = old->variants[i].id.n;
}

static struct err *
drop_gone(struct work *w, const struct product_write *all, size_t n)
{
    struct gone gone = { .text_count = 0 };
    size_t texts = 0, variants = 0;
    for (size_t i = 0; i < n; i++)
        if (all[i].before) {
            texts += all[i].before->text_count;
            variants += all[i].before->variant_count;
        }
    gone.texts_of = NEW_ARRAY(w->arena, int64_t, texts + 1);
    gone.languages = NEW_ARRAY(w->arena, const char *, texts + 1);
    gone.variants = NEW_ARRAY(w->arena, int64_t, variants + 1);
    for (size_t i = 0; i < n; i++)
        if (all[i].before && all[i].difference_count)
            find_gone(&all[i], &gone);
    if (gone.text_count)
        TRY(db_exec(w, Q_catalog_drop_texts,
                    ARGS(arg_i64s(w, gone.texts_of, gone.text_count),
                         arg_texts(w, gone.languages, gone.text_count)),
                    NULL));
    int64_t dropped = 0;
    if (gone.variant_count)
        TRY(db_exec(w, Q_catalog_drop_variants,
                    ARGS(arg_i64s(w, gone.variants, gone.variant_count)), &dropped));
    if (dropped < (int64_t)gone.variant_count)
        return FAIL_FIELD(w->arena, ERR_CONFLICT, "product.reserved", "variants",
                          "Open orders hold a variant that would go.");
    return NULL;
}

/* ---- Writing ---- */

/* Whoever listens is told of each, in the same transaction. */
static struct err *
tell(struct work *w, const struct product_write *all, size_t n)
{
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (all[i].id.n)
            ids[count++] = all[i].id.n;
    return count ? hooks_emit_many(w, HOOK_PRODUCT_CHANGED, ids, NULL, count) : NULL;
}

struct err *
products_write(struct work *w, struct product_write *all, size_t n, enum product_way way)
{
    struct rows rows;
    size_t differ = 0;
    for (size_t i = 0; i < n; i++)
        differ += all[i].difference_count > 0;
    if (!differ)
        return NULL;
    TRY(drop_gone(w, all, n));
    struct err *e = db_refusal(w,
                               db_many(w, Q_catalog_put,
                                       ARGS(rows_as_json(w, all, n, put_product),
                                            rows_as_json(w, all, n, put_product_texts),
                                            rows_as_json(w, all, n, put_variants),
                                            w->user.n ? arg_i64(w, w->user.n) : arg_null(),
                                            w->acted_by.n ? arg_i64(w, w->acted_by.n) : arg_null(),
                                            arg_text(way_names[way])),
                                       &rows),
                               refusals, COUNT(refusals));
    /* The statement takes a slug that is free: two were saved at once, and the next try sees the
     * other. */
    if (e && text_is(e->code, "product.slug_taken"))
        return FAIL(w->arena, ERR_BUSY, "db.retry", "Somebody was faster.");
    TRY(e);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int64_t place = scan_i64(&s);
        must(place >= 0 && (size_t)place < n);
        all[place].id.n = scan_i64(&s);
        scan_end(&s);
    }
    return tell(w, all, n);
}
