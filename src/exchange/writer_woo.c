/* WooCommerce's product CSV: a row for a simple product; for one with options a row of type
 * variable, and a row of type variation for each variant, which names it as its parent. */
#include "base/csv.h"
#include "exchange/writer.h"

void
woo_header(struct buf *b, const struct own_layout *l)
{
    buf_text(b, "Type,SKU,\"GTIN, UPC, EAN, or ISBN\",Name,Published,Short description,Description,"
                "In stock?,Stock,Backorders allowed?,Weight (kg),Sale price,Regular price,"
                "Categories,Tags,Images,Parent,Brands");
    for (size_t i = 1; i <= l->option_count; i++)
        buf_printf(b,
                   ",Attribute %zu name,Attribute %zu value(s),Attribute %zu visible,Attribute "
                   "%zu global",
                   i, i, i, i);
    buf_char(b, '\n');
}

/* Commas that belong to a name have a backslash in front. */
static void
add_name(struct buf *b, const char *name)
{
    for (; *name; name++) {
        if (*name == ',')
            buf_char(b, '\\');
        buf_char(b, *name);
    }
}

static const char *
joined(struct arena *a, const char *const *names, size_t n)
{
    struct buf b = buf_new(a, 64);
    for (size_t i = 0; i < n; i++) {
        buf_text(&b, i ? ", " : "");
        add_name(&b, names[i]);
    }
    return b.at;
}

static const char *
joined_images(struct arena *a, const struct import_product *p)
{
    struct buf b = buf_new(a, 64);
    for (size_t i = 0; i < p->image_count; i++) {
        buf_text(&b, i ? ", " : "");
        buf_text(&b, p->images[i].address);
    }
    return b.at;
}

/* The different values of an option, in the order of the variants. */
static const char *
option_values(struct arena *a, const struct import_product *p, size_t option)
{
    const char **values = NEW_ARRAY(a, const char *, p->variant_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->variant_count; i++) {
        size_t k = 0;
        while (k < n && !text_is(values[k], p->variants[i].values[option]))
            k++;
        if (k == n)
            values[n++] = p->variants[i].values[option];
    }
    return joined(a, values, n);
}

static void
put_stock(struct row_out *r, const struct import_variant *v)
{
    int64_t sum = 0;
    for (size_t i = 0; i < v->stock_count; i++)
        sum += v->stock[i].quantity;
    row_cell(r, !v->stock_count || sum > 0 || v->backorder ? "1" : "0");
    if (v->stock_count)
        row_i64(r, sum);
    else
        row_cell(r, NULL);
    row_cell(r, v->backorder ? "1" : "0");
}

static void
put_weight(struct row_out *r, const struct import_variant *v)
{
    struct arena *a = r->b->arena;
    row_cell(r, v->has_weight ? text_printf(a, "%lld.%03lld", (long long)(v->weight_g / 1000),
                                            (long long)(v->weight_g % 1000))
                              : NULL);
}

static void
put_prices(struct row_out *r, const struct import_variant *v)
{
    if (v->has_compare_at) {
        row_money(r, v->price);
        row_money(r, v->compare_at);
    } else {
        row_cell(r, NULL);
        row_money(r, v->price);
    }
}

/* A row of the product itself; `v` is its one variant, or NULL of one with options. */
static void
put_parent(struct row_out *r, const struct own_layout *l, const struct import_product *p,
           const struct import_variant *v)
{
    struct arena *a = r->b->arena;
    row_cell(r, v ? "simple" : "variable");
    row_cell(r, p->sku);
    row_cell(r, v ? v->gtin : NULL);
    row_cell(r, p->text_count ? p->texts[0].title : p->sku);
    row_cell(r, p->status == IMPORT_ACTIVE ? "1" : p->status == IMPORT_DRAFT ? "-1" : "0");
    row_cell(r, NULL);
    row_cell(r, p->text_count ? p->texts[0].description : NULL);
    if (v) {
        put_stock(r, v);
        put_weight(r, v);
        put_prices(r, v);
    } else {
        row_cell(r, "1");
        for (int i = 0; i < 5; i++)
            row_cell(r, NULL);
    }
    row_cell(r, joined(a, p->categories, p->category_count));
    row_cell(r, joined(a, p->tags, p->tag_count));
    row_cell(r, joined_images(a, p));
    row_cell(r, NULL);
    row_cell(r, p->brand);
    for (size_t i = 0; i < l->option_count; i++) {
        bool has = i < p->option_count;
        row_cell(r, has ? p->options[i] : NULL);
        row_cell(r, has ? option_values(a, p, i) : NULL);
        row_cell(r, has ? "1" : NULL);
        row_cell(r, has ? "0" : NULL);
    }
    row_end(r);
}

static void
put_variation(struct row_out *r, const struct own_layout *l, const struct import_product *p,
              const struct import_variant *v)
{
    row_cell(r, "variation");
    row_cell(r, v->sku);
    row_cell(r, v->gtin);
    row_cell(r, p->text_count ? p->texts[0].title : p->sku);
    row_cell(r, "1");
    row_cell(r, NULL);
    row_cell(r, NULL);
    put_stock(r, v);
    put_weight(r, v);
    put_prices(r, v);
    for (int i = 0; i < 3; i++)
        row_cell(r, NULL);
    row_cell(r, p->sku);
    row_cell(r, NULL);
    for (size_t i = 0; i < l->option_count; i++) {
        bool has = i < p->option_count;
        row_cell(r, has ? p->options[i] : NULL);
        row_cell(r, has ? v->values[i] : NULL);
        row_cell(r, NULL);
        row_cell(r, has ? "0" : NULL);
    }
    row_end(r);
}

void
woo_product(struct buf *b, const struct own_layout *l, const struct import_product *p)
{
    struct row_out r = { .b = b };
    if (!p->option_count && p->variant_count == 1) {
        put_parent(&r, l, p, &p->variants[0]);
        return;
    }
    put_parent(&r, l, p, NULL);
    for (size_t i = 0; i < p->variant_count; i++)
        put_variation(&r, l, p, &p->variants[i]);
}
