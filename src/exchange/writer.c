#include "exchange/writer.h"

#include "base/csv.h"

/* ---- Cells ---- */

void
row_cell(struct row_out *r, const char *text)
{
    if (r->begun)
        buf_char(r->b, ',');
    r->begun = true;
    if (text && *text)
        csv_cell(r->b, text);
}

void
row_i64(struct row_out *r, int64_t n)
{
    if (r->begun)
        buf_char(r->b, ',');
    r->begun = true;
    buf_i64(r->b, n);
}

void
row_money(struct row_out *r, struct money m)
{
    if (r->begun)
        buf_char(r->b, ',');
    r->begun = true;
    buf_text(r->b, money_decimal(r->b->arena, m));
}

void
row_end(struct row_out *r)
{
    buf_char(r->b, '\n');
    r->begun = false;
}

/* ---- Translations: a row a product and language ---- */

static void
translations_header(struct buf *b)
{
    buf_text(b, "sku,language,title,description,slug\n");
}

static void
translations_product(struct buf *b, const struct import_product *p)
{
    struct row_out r = { .b = b };
    for (size_t i = 0; i < p->text_count; i++) {
        row_cell(&r, p->sku);
        row_cell(&r, p->texts[i].language);
        row_cell(&r, p->texts[i].title);
        row_cell(&r, p->texts[i].description);
        row_cell(&r, p->texts[i].slug);
        row_end(&r);
    }
}

/* ---- By format ---- */

void
write_header(struct buf *b, enum export_format format, const struct own_layout *l)
{
    switch (format) {
    case EXPORT_SHOPIFY_2024:
        shopify_header(b);
        break;
    case EXPORT_WOOCOMMERCE:
        woo_header(b, l);
        break;
    case EXPORT_TRANSLATIONS:
        translations_header(b);
        break;
    default:
        own_write_header(b, l);
    }
}

void
write_product(struct buf *b, enum export_format format, const struct own_layout *l,
              const struct import_product *p)
{
    switch (format) {
    case EXPORT_SHOPIFY_2024:
        shopify_product(b, p);
        break;
    case EXPORT_WOOCOMMERCE:
        woo_product(b, l, p);
        break;
    case EXPORT_TRANSLATIONS:
        translations_product(b, p);
        break;
    default:
        own_write_product(b, l, p);
    }
}
