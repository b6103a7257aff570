/* The order of things: what the file's reader refused is noted; what the shop has of these products
 * is loaded where a change depends on it; what cannot be is refused before anything is written;
 * then the catalogue takes all of them at once, and stock and images follow by SKU. */
#include "exchange/put.h"

#include <string.h>

#include "base/text.h"
#include "catalog/catalog.h"
#include "db/db.h"
#include "exchange/item.h"
#include "exchange/names.h"
#include "exchange/put_images.h"
#include "exchange/put_stock.h"
#include "http/json.h"

/* ---- What is wrong ---- */

struct spot {
    int64_t line, row;
    const char *value;
};

/* clang-format off */
static const struct {
    const char *name; /* of the catalogue's field, or how it ends */
    enum import_field fields[2]; /* columns that may have said so */
} blamed[] = {
    { "sku",             { FIELD_SKU, FIELD_PRODUCT_SKU } },
    { "gtin",            { FIELD_GTIN } },
    { "mpn",             { FIELD_MPN } },
    { "brand",           { FIELD_BRAND } },
    { "category",        { FIELD_CATEGORY, FIELD_CATEGORIES } },
    { "google_category", { FIELD_GOOGLE_CATEGORY } },
    { "price",           { FIELD_PRICE, FIELD_PRICE_MINOR } },
    { "compare_at_price",{ FIELD_COMPARE_AT, FIELD_SALE_PRICE } },
    { "title",           { FIELD_TITLE } },
    { "description",     { FIELD_DESCRIPTION } },
    { "slug",            { FIELD_SLUG } },
    { "tags",            { FIELD_TAGS } },
    { "tax_rate",        { FIELD_TAX_RATE } },
    { "weight",          { FIELD_WEIGHT } },
    { "status",          { FIELD_STATUS, FIELD_PUBLISHED } },
    { "stock",           { FIELD_STOCK } },
};
/* clang-format on */

static int
column_of(const struct mapping *m, enum import_field field)
{
    for (size_t i = 0; i < m->count; i++)
        if (field != FIELD_ASIDE && m->columns[i].field == field)
            return (int)i + 1;
    return 0;
}

/* Which column a field of the catalogue's came from; 0: none that we know. */
static int
blame(const struct mapping *m, const char *field)
{
    if (!field)
        return 0;
    for (size_t i = 0; i < COUNT(blamed); i++) {
        const char *dotted = strrchr(field, '.');
        if (!text_is(field, blamed[i].name) && !(dotted && text_is(dotted + 1, blamed[i].name)))
            continue;
        for (size_t k = 0; k < COUNT(blamed[i].fields); k++) {
            int column = column_of(m, blamed[i].fields[k]);
            if (column)
                return column;
        }
    }
    return 0;
}

/* "variants.3.gtin" stands where the file's fourth variant does. */
static struct spot
spot_of(const struct item *g, const char *field)
{
    const struct import_product *p = g->from;
    struct spot s = { p->line, p->row, "" };
    const struct import_variant *v = p->variant_count ? p->variants : NULL;
    int64_t at;
    if (field && text_starts(field, "variants.") && v) {
        const char *digits = field + strlen("variants."), *end = strchr(digits, '.');
        if (end && text_to_i64(text_copy_n(g->arena, digits, (size_t)(end - digits)), &at) &&
            at >= 0 && at < (int64_t)p->variant_count) {
            v = &p->variants[at];
            s.line = v->line;
            s.row = v->row;
        }
    }
    if (!field || !v)
        return s;
    if (text_ends(field, "sku"))
        s.value = v->sku ? v->sku : "";
    else if (text_ends(field, "gtin"))
        s.value = v->gtin ? v->gtin : "";
    else if (text_ends(field, "price") && v->has_price)
        s.value = money_decimal(g->arena, v->price);
    else if (text_ends(field, "title") && p->text_count)
        s.value = p->texts[0].title ? p->texts[0].title : "";
    return s;
}

static void
refuse(struct found *out, const struct put_how *how, struct item *g, const char *code,
       const char *field, const char *other)
{
    struct finding *f = NEW(out->arena, struct finding);
    struct spot spot = spot_of(g, field);
    int column = blame(how->mapping, field);
    *f = (struct finding){ .code = code,
                           .refuses = true,
                           .line = spot.line,
                           .row = spot.row,
                           .column = column,
                           .header = column ? how->mapping->columns[column - 1].header : "",
                           .value = spot.value,
                           .other = other };
    found_add(out, f);
    g->refused = true;
}

static void
refuse_all(struct found *out, const struct put_how *how, struct item *g, const struct err *e)
{
    for (; e; e = e->next)
        refuse(out, how, g, e->code, e->field, "");
}

/* ---- What the shop has ---- */

static struct err *
load_stored(struct work *w, struct item *items, size_t n)
{
    size_t asked = 0, found;
    struct product *stored;
    const char **skus = NEW_ARRAY(w->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!items[i].refused && items[i].from->sku && item_needs_stored(items[i].from))
            skus[asked++] = items[i].from->sku;
    if (!asked)
        return NULL;
    TRY(products_load_by_sku(w, skus, asked, &stored, &found));
    struct stored_index index = stored_index_new(w->arena, stored, found);
    for (size_t i = 0; i < n; i++)
        if (items[i].from->sku)
            items[i].stored = stored_find(&index, items[i].from->sku);
    return NULL;
}

/* Translations may name their product by its address. */
static struct err *
find_by_slug(struct work *w, struct item *items, size_t n)
{
    struct rows rows;
    size_t asked = 0;
    const char **slugs = NEW_ARRAY(w->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!items[i].refused && !items[i].from->sku && items[i].from->by_slug)
            slugs[asked++] = items[i].from->by_slug;
    if (!asked)
        return NULL;
    TRY(db_many(w, Q_exchange_by_slug, ARGS(arg_texts(w, slugs, asked)), &rows));
    for (int k = 0; k < rows.count; k++) {
        struct scan s = rows_at(&rows, k);
        const char *slug = scan_text(&s), *sku = scan_text(&s);
        scan_end(&s);
        for (size_t i = 0; i < n; i++)
            if (!items[i].from->sku && text_is(items[i].from->by_slug, slug))
                items[i].from->sku = sku;
    }
    return NULL;
}

static void
refuse_unknown(struct found *out, const struct put_how *how, struct item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct item *g = &items[i];
        if (g->refused)
            continue;
        if (!g->from->sku)
            refuse(out, how, g, "import.unknown_slug", "slug",
                   g->from->by_slug ? g->from->by_slug : "");
        else if (!g->stored && item_changes_only(g->from))
            refuse(out, how, g, "import.unknown_sku", "sku", g->from->sku);
    }
}

/* ---- The catalogue ---- */

struct batch {
    struct product *products;
    struct product_result *results;
    struct item **items;
    size_t count;
};

static struct batch
gather(struct work *w, struct item *items, size_t n)
{
    struct batch b = { .products = NEW_ARRAY(w->arena, struct product, n + 1),
                       .results = NEW_ARRAY(w->arena, struct product_result, n + 1),
                       .items = NEW_ARRAY(w->arena, struct item *, n + 1) };
    for (size_t i = 0; i < n; i++) {
        if (items[i].refused)
            continue;
        b.products[b.count] = items[i].to;
        b.items[b.count++] = &items[i];
    }
    return b;
}

/* Those beyond the tier's limit are refused; it takes a look at what there is to know which. */
static struct err *
refuse_beyond(struct work *w, const struct put_how *how, struct item *items, size_t n,
              struct found *out)
{
    int64_t room = how->room;
    if (!how->limited || room >= (int64_t)n)
        return NULL;
    struct batch b = gather(w, items, n);
    TRY(products_put_many(w, b.products, b.count, true, b.results));
    for (size_t i = 0; i < b.count; i++)
        if (b.results[i].outcome == PRODUCT_CREATED && room-- <= 0)
            refuse(out, how, b.items[i], "import.limit", NULL, "");
    return NULL;
}

static struct err *
write_all(struct work *w, const struct put_how *how, struct item *items, size_t n,
          struct found *out)
{
    struct batch b = gather(w, items, n);
    if (b.count)
        TRY(products_put_many(w, b.products, b.count, how->dry, b.results));
    for (size_t i = 0; i < b.count; i++) {
        struct item *g = b.items[i];
        g->result = b.results[i];
        if (g->result.outcome == PRODUCT_REFUSED)
            refuse_all(out, how, g, g->result.refused);
    }
    return NULL;
}

/* ---- What came of it ---- */

static const char *
differences_json(const struct item *g)
{
    struct json j = json_begin(g->arena);
    json_put_array(&j, NULL);
    for (size_t i = 0; i < g->result.difference_count; i++) {
        const struct product_difference *d = &g->result.differences[i];
        json_put_object(&j, NULL);
        json_put_text(&j, "field", d->field);
        json_put_text(&j, "old", d->before);
        json_put_text(&j, "new", d->after);
        json_put_end(&j);
    }
    for (size_t i = 0; i < g->stock_count; i++) {
        const struct item_stock *s = &g->stock[i];
        if (!s->changes)
            continue;
        json_put_object(&j, NULL);
        json_put_text(&j, "field", text_join(g->arena, "stock.", s->code ? s->code : "", NULL));
        json_put_text(&j, "old", s->known ? text_i64(g->arena, s->on_hand) : "");
        json_put_text(&j, "new", text_i64(g->arena, s->wanted));
        json_put_end(&j);
    }
    json_put_end(&j);
    return j.out.at;
}

static bool
stock_changes(const struct item *g)
{
    for (size_t i = 0; i < g->stock_count; i++)
        if (g->stock[i].changes)
            return true;
    return false;
}

static void
count(struct found *out, const struct put_how *how, const struct item *g)
{
    if (g->refused) {
        found_refuse(out, g->from->rows, g->from->row_count);
        return;
    }
    out->counts.images += g->images_new;
    if (g->result.outcome == PRODUCT_CREATED) {
        out->counts.created++;
        return;
    }
    if (g->result.outcome == PRODUCT_UNCHANGED && !stock_changes(g) && !g->images_new) {
        out->counts.unchanged++;
        return;
    }
    out->counts.changed++;
    if (how->dry)
        found_change(out, &(struct import_changed){ g->from->number, g->from->line, g->from->sku,
                                                    differences_json(g) });
}

static void
note_findings(struct found *out, struct item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct findings *all = &items[i].from->findings;
        for (size_t k = 0; k < all->count; k++)
            found_add(out, &all->at[k]);
        items[i].refused = items[i].from->refused;
    }
}

struct err *
put_products(struct work *w, const struct put_how *how, struct import_product *const *at, size_t n,
             struct found *out)
{
    struct item *items = NEW_ARRAY(w->arena, struct item, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct item){ .arena = w->arena, .from = at[i] };
    note_findings(out, items, n);
    TRY(find_by_slug(w, items, n));
    TRY(names_resolve(w, items, n));
    TRY(load_stored(w, items, n));
    refuse_unknown(out, how, items, n);
    for (size_t i = 0; i < n; i++)
        if (!items[i].refused) {
            item_fix(&items[i], how);
            item_convert(&items[i], how);
        }
    TRY(stock_look(w, items, n));
    for (size_t i = 0; i < n; i++)
        if (!items[i].refused && items[i].promised)
            refuse(out, how, &items[i], "stock.promised", "stock",
                   text_i64(w->arena, items[i].promised));
    TRY(refuse_beyond(w, how, items, n, out));
    TRY(write_all(w, how, items, n, out));
    if (!how->dry) {
        TRY(names_keep(w, items, n));
        TRY(stock_write(w, items, n));
    }
    TRY(images_follow(w, items, n, how->dry));
    for (size_t i = 0; i < n; i++)
        count(out, how, &items[i]);
    out->counts.through += (int64_t)n;
    return NULL;
}
