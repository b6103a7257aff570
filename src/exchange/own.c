/* Each column is a row of a table: what it is called, whether it is the product's, and how a cell
 * of it is written. Header and rows go through the same table, so they cannot come apart. */
#include "exchange/own.h"

#include "base/csv.h"
#include "base/must.h"

/* One cell to be written. */
struct place {
    const struct own_layout *layout;
    const struct import_product *p;
    const struct import_variant *v;
    const char *of; /* language or warehouse */
    size_t n;       /* option or image, from 1 */
};

struct column {
    const char *name; /* # is `n`; one that ends with a point has `of` behind it */
    void (*write)(struct buf *b, const struct place *at);
};

/* --- cells --- */

static void
put_text(struct buf *b, const char *text)
{
    if (text && *text)
        csv_cell(b, text);
}

static void
put_flag(struct buf *b, bool has, bool yes)
{
    if (has)
        buf_text(b, yes ? "yes" : "no");
}

static const struct import_text *
text_in(const struct place *at)
{
    static const struct import_text none;
    for (size_t i = 0; i < at->p->text_count; i++)
        if (text_is(at->p->texts[i].language, at->of))
            return &at->p->texts[i];
    return &none;
}

static const struct import_image *
image_at(const struct place *at, size_t n)
{
    static const struct import_image none;
    return n >= 1 && n <= at->p->image_count ? &at->p->images[n - 1] : &none;
}

static void
put_product_sku(struct buf *b, const struct place *at)
{
    put_text(b, at->p->sku);
}

static void
put_sku(struct buf *b, const struct place *at)
{
    put_text(b, at->v->sku);
}

static void
put_status(struct buf *b, const struct place *at)
{
    static const char *const words[] = { "", "active", "draft", "archived" };
    buf_text(b, words[at->p->status]);
}

static void
put_condition(struct buf *b, const struct place *at)
{
    static const char *const words[] = { "", "new", "refurbished", "used" };
    buf_text(b, words[at->p->condition]);
}

static void
put_title(struct buf *b, const struct place *at)
{
    put_text(b, text_in(at)->title);
}

static void
put_description(struct buf *b, const struct place *at)
{
    put_text(b, text_in(at)->description);
}

static void
put_slug(struct buf *b, const struct place *at)
{
    put_text(b, text_in(at)->slug);
}

static void
put_brand(struct buf *b, const struct place *at)
{
    put_text(b, at->p->brand);
}

static void
put_category(struct buf *b, const struct place *at)
{
    put_text(b, at->p->category_count ? at->p->categories[0] : "");
}

static void
put_google_category(struct buf *b, const struct place *at)
{
    put_text(b, at->p->google_category);
}

/* Comma-joined; a comma of a tag's own has a backslash before it, as has a backslash. */
static void
put_tags(struct buf *b, const struct place *at)
{
    struct buf all = buf_new(b->arena, 64);
    for (size_t i = 0; i < at->p->tag_count; i++) {
        buf_text(&all, i ? ", " : "");
        for (const char *c = at->p->tags[i]; *c; c++) {
            if (*c == ',' || *c == '\\')
                buf_char(&all, '\\');
            buf_char(&all, *c);
        }
    }
    put_text(b, all.at);
}

static void
put_tax(struct buf *b, const struct place *at)
{
    int64_t rate = at->p->tax_rate_hundredths;
    if (!at->p->has_tax_rate)
        return;
    buf_i64(b, rate / 100);
    if (rate % 10)
        buf_printf(b, ".%02d", (int)(rate % 100));
    else if (rate % 100)
        buf_printf(b, ".%d", (int)(rate % 100 / 10));
}

static void
put_option_name(struct buf *b, const struct place *at)
{
    put_text(b, at->n <= at->p->option_count ? at->p->options[at->n - 1] : "");
}

static void
put_option_value(struct buf *b, const struct place *at)
{
    put_text(b, at->n <= at->p->option_count ? at->v->values[at->n - 1] : "");
}

static void
put_gtin(struct buf *b, const struct place *at)
{
    put_text(b, at->v->gtin);
}

static void
put_mpn(struct buf *b, const struct place *at)
{
    put_text(b, at->p->mpn);
}

static void
put_price(struct buf *b, const struct place *at)
{
    if (at->v->has_price)
        buf_text(b, money_decimal(b->arena, at->v->price));
}

static void
put_compare_at(struct buf *b, const struct place *at)
{
    if (at->v->has_compare_at)
        buf_text(b, money_decimal(b->arena, at->v->compare_at));
}

static void
put_currency(struct buf *b, const struct place *at)
{
    if (at->v->has_price)
        buf_text(b, currency_code(at->v->price.cur));
}

static void
put_weight(struct buf *b, const struct place *at)
{
    if (at->v->has_weight)
        buf_i64(b, at->v->weight_g);
}

static void
put_tracked(struct buf *b, const struct place *at)
{
    put_flag(b, at->v->has_tracked, at->v->tracked);
}

static void
put_backorder(struct buf *b, const struct place *at)
{
    put_flag(b, at->v->has_backorder, at->v->backorder);
}

static void
put_stock(struct buf *b, const struct place *at)
{
    for (size_t i = 0; i < at->v->stock_count; i++)
        if (text_is(at->v->stock[i].warehouse, at->of)) {
            buf_i64(b, at->v->stock[i].quantity);
            return;
        }
}

static void
put_image(struct buf *b, const struct place *at)
{
    put_text(b, image_at(at, at->n)->address);
}

static void
put_image_alt(struct buf *b, const struct place *at)
{
    put_text(b, image_at(at, at->n)->alt);
}

static void
put_variant_image(struct buf *b, const struct place *at)
{
    put_text(b, image_at(at, (size_t)at->v->image)->address);
}

/* --- columns --- */

enum repeat { ONCE, BY_LANGUAGE, BY_OPTION, BY_WAREHOUSE, BY_IMAGE };

/* clang-format off */
static const struct {
    enum repeat repeat;
    bool of_product; /* in its first row only */
    struct column column[3]; /* beside each other at each repetition */
} columns[] = {
    { ONCE,         false, { { "product_sku", put_product_sku } } },
    { ONCE,         false, { { "sku", put_sku } } },
    { ONCE,         true,  { { "status", put_status }, { "condition", put_condition } } },
    { BY_LANGUAGE,  true,  { { "title.", put_title }, { "description.", put_description }, { "slug.", put_slug } } },
    { ONCE,         true,  { { "brand", put_brand }, { "category", put_category } } },
    { ONCE,         true,  { { "google_category", put_google_category }, { "tags", put_tags }, { "tax_rate", put_tax } } },
    { BY_OPTION,    true,  { { "option.#.name", put_option_name } } },
    { BY_OPTION,    false, { { "option.#.value", put_option_value } } },
    { ONCE,         false, { { "gtin", put_gtin } } },
    { ONCE,         true,  { { "mpn", put_mpn } } },
    { ONCE,         false, { { "price", put_price }, { "compare_at_price", put_compare_at }, { "currency", put_currency } } },
    { ONCE,         false, { { "weight_g", put_weight }, { "tracked", put_tracked }, { "backorder", put_backorder } } },
    { BY_WAREHOUSE, false, { { "stock.", put_stock } } },
    { BY_IMAGE,     true,  { { "image.#", put_image }, { "image.#.alt", put_image_alt } } },
    { ONCE,         false, { { "variant_image", put_variant_image } } },
};
/* clang-format on */

static size_t
times(const struct own_layout *l, enum repeat repeat)
{
    switch (repeat) {
    case BY_LANGUAGE:
        return l->language_count;
    case BY_OPTION:
        return l->option_count;
    case BY_WAREHOUSE:
        return l->warehouse_count;
    case BY_IMAGE:
        return l->image_count;
    default:
        return 1;
    }
}

static void
put_name(struct buf *b, const struct column *c, const struct place *at)
{
    for (const char *p = c->name; *p; p++) {
        if (*p == '#')
            buf_i64(b, (int64_t)at->n);
        else
            buf_char(b, *p);
    }
    if (at->of)
        buf_text(b, at->of);
}

/* All cells of one line: names when `at` has no product, else its values. */
static void
put_line(struct buf *b, struct place at, bool first)
{
    bool begun = false;
    for (size_t i = 0; i < COUNT(columns); i++) {
        size_t n = times(at.layout, columns[i].repeat);
        for (size_t k = 0; k < n; k++) {
            at.n = k + 1;
            at.of = columns[i].repeat == BY_LANGUAGE    ? at.layout->languages[k]
                    : columns[i].repeat == BY_WAREHOUSE ? at.layout->warehouses[k]
                                                        : NULL;
            for (size_t c = 0; c < COUNT(columns[i].column) && columns[i].column[c].name; c++) {
                if (begun)
                    buf_char(b, ',');
                begun = true;
                if (!at.p)
                    put_name(b, &columns[i].column[c], &at);
                else if (first || !columns[i].of_product)
                    columns[i].column[c].write(b, &at);
            }
        }
    }
    buf_char(b, '\n');
}

void
own_write_header(struct buf *b, const struct own_layout *l)
{
    put_line(b, (struct place){ .layout = l }, true);
}

void
own_write_product(struct buf *b, const struct own_layout *l, const struct import_product *p)
{
    for (size_t i = 0; i < p->variant_count; i++)
        put_line(b, (struct place){ .layout = l, .p = p, .v = &p->variants[i] }, i == 0);
}

/* --- layouts --- */

static size_t
collect(struct arena *a, const struct mapping *m, enum import_field field,
        const char *const **names)
{
    const char **at = NEW_ARRAY(a, const char *, m->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->count; i++)
        if (m->columns[i].field == field && m->columns[i].of)
            at[n++] = m->columns[i].of;
    *names = at;
    return n;
}

static size_t
highest(const struct mapping *m, enum import_field field)
{
    int n = 0;
    for (size_t i = 0; i < m->count; i++)
        if (m->columns[i].field == field && m->columns[i].n > n)
            n = m->columns[i].n;
    return (size_t)n;
}

struct own_layout
own_layout_of(struct arena *a, const struct mapping *m)
{
    struct own_layout l = { 0 };
    l.language_count = collect(a, m, FIELD_TITLE, &l.languages);
    l.warehouse_count = collect(a, m, FIELD_STOCK, &l.warehouses);
    l.option_count = highest(m, FIELD_OPTION_VALUE);
    l.image_count = highest(m, FIELD_IMAGE);
    return l;
}
