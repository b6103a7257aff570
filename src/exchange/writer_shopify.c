/* Shopify's product CSV as of 2024: one row a variant or image, grouped by handle, what is of the
 * product in its first row. It has three options and one language: the shop's own. */
#include "exchange/writer.h"

#define OPTIONS 3

static const char header[] =
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,"
    "Status,SKU,Barcode,Option1 name,Option1 value,Option1 Linked To,Option2 name,Option2 value,"
    "Option2 Linked To,Option3 name,Option3 value,Option3 Linked To,Price,Compare-at price,"
    "Inventory tracker,Inventory quantity,Continue selling when out of stock,"
    "Weight value (grams),Requires shipping,Fulfillment service,Product image URL,Image position,"
    "Image alt text,Variant image URL\n";

void
shopify_header(struct buf *b)
{
    buf_text(b, header);
}

static void
put_blank(struct row_out *r, int n)
{
    while (n--)
        row_cell(r, NULL);
}

static const char *
joined_tags(struct arena *a, const struct import_product *p)
{
    struct buf b = buf_new(a, 64);
    for (size_t i = 0; i < p->tag_count; i++) {
        buf_text(&b, i ? ", " : "");
        buf_text(&b, p->tags[i]);
    }
    return b.at;
}

static void
put_product(struct row_out *r, const struct import_product *p, const char *handle)
{
    static const char *const statuses[] = {
        [IMPORT_ACTIVE] = "Active", [IMPORT_DRAFT] = "Draft", [IMPORT_ARCHIVED] = "Archived"
    };
    row_cell(r, p->text_count ? p->texts[0].title : p->sku);
    row_cell(r, handle);
    row_cell(r, p->text_count ? p->texts[0].description : NULL);
    row_cell(r, p->brand);
    row_cell(r, p->google_category);
    row_cell(r, p->category_count ? p->categories[0] : NULL);
    row_cell(r, joined_tags(r->b->arena, p));
    row_cell(r, p->status == IMPORT_ACTIVE ? "TRUE" : "FALSE");
    row_cell(r, statuses[p->status]);
}

static int64_t
pieces(const struct import_variant *v)
{
    int64_t sum = 0;
    for (size_t i = 0; i < v->stock_count; i++)
        sum += v->stock[i].quantity;
    return sum;
}

static void
put_options(struct row_out *r, const struct import_product *p, const struct import_variant *v,
            bool first)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        bool has = i < p->option_count;
        const char *name = has ? p->options[i] : NULL, *value = has ? v->values[i] : NULL;
        if (!p->option_count && !i) { /* a product without options has this one */
            name = "Title";
            value = "Default Title";
        }
        row_cell(r, first ? name : NULL);
        row_cell(r, value);
        row_cell(r, NULL);
    }
}

static void
put_variant(struct row_out *r, const struct import_product *p, const struct import_variant *v,
            bool first)
{
    row_cell(r, v->sku);
    row_cell(r, v->gtin);
    put_options(r, p, v, first);
    row_money(r, v->price);
    if (v->has_compare_at)
        row_money(r, v->compare_at);
    else
        row_cell(r, NULL);
    row_cell(r, v->stock_count ? "shopify" : NULL);
    if (v->stock_count)
        row_i64(r, pieces(v));
    else
        row_cell(r, NULL);
    row_cell(r, v->backorder ? "CONTINUE" : "DENY");
    if (v->has_weight)
        row_i64(r, v->weight_g);
    else
        row_cell(r, NULL);
    row_cell(r, "TRUE");
    row_cell(r, "manual");
}

static void
put_image(struct row_out *r, const struct import_product *p, size_t i)
{
    row_cell(r, p->images[i].address);
    row_i64(r, (int64_t)i + 1);
    row_cell(r, p->images[i].alt);
}

void
shopify_product(struct buf *b, const struct import_product *p)
{
    struct row_out r = { .b = b };
    const char *handle = p->text_count && p->texts[0].slug ? p->texts[0].slug : p->sku;
    size_t rows = p->variant_count > p->image_count ? p->variant_count : p->image_count;
    for (size_t i = 0; i < rows; i++) {
        if (i == 0) {
            put_product(&r, p, handle);
        } else {
            row_cell(&r, NULL);
            row_cell(&r, handle);
            put_blank(&r, 7);
        }
        if (i < p->variant_count)
            put_variant(&r, p, &p->variants[i], i == 0);
        else
            put_blank(&r, 19);
        if (i < p->image_count)
            put_image(&r, p, i);
        else
            put_blank(&r, 3);
        row_cell(&r, NULL);
        row_end(&r);
    }
}
