/* Products as rows of a file, in the formats that are written. What a spreadsheet could take for a
 * formula has a ' in front (base/csv.h), which reader.h takes off again. */
#pragma once
#include "exchange/export.h"
#include "exchange/own.h"

void write_header(struct buf *b, enum export_format format, const struct own_layout *l);
void write_product(struct buf *b, enum export_format format, const struct own_layout *l,
                   const struct import_product *p);

/* writer_shopify.c, writer_woo.c */
void shopify_header(struct buf *b);
void shopify_product(struct buf *b, const struct import_product *p);
void woo_header(struct buf *b, const struct own_layout *l);
void woo_product(struct buf *b, const struct own_layout *l, const struct import_product *p);

/* A row cell by cell. */
struct row_out {
    struct buf *b;
    bool begun;
};
void row_cell(struct row_out *r, const char *text); /* NULL is "" */
void row_i64(struct row_out *r, int64_t n);
void row_money(struct row_out *r, struct money m);
void row_end(struct row_out *r);
