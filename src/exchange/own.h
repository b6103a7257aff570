/* Our own format: CSV in UTF-8, comma, LF, one row a variant. A product's own columns are filled in
 * its first row and left empty in the others; `product_sku` and `sku` stand in every row. Cells
 * that a spreadsheet could run have a ' in front, which the reader takes off again. A file written
 * here, read by reader.h and written again is the same byte for byte.
 *
 *     product_sku, sku, status, condition, title.en, description.en, slug.en, title.de …, brand,
 * category, google_category, tags, tax_rate, option.1.name, option.1.value, …, gtin, mpn, price,
 *     compare_at_price, currency, weight_g, tracked, backorder, stock.WAREHOUSE, …, image.1,
 *     image.1.alt, …, variant_image
 */
#pragma once
#include "base/text.h"
#include "exchange/columns.h"
#include "exchange/record.h"

/* How wide a file is; it must hold for every product in it. Lives as long as the writing. */
struct own_layout {
    size_t language_count;
    const char *const *languages;
    size_t option_count;
    size_t warehouse_count;
    const char *const *warehouses;
    size_t image_count;
};

void own_write_header(struct buf *b, const struct own_layout *l);
/* All rows of a product. Its prices say the currency. */
void own_write_product(struct buf *b, const struct own_layout *l, const struct import_product *p);
/* The layout that a file's columns have: write(read(f)) is f with it. */
struct own_layout own_layout_of(struct arena *a, const struct mapping *m);
