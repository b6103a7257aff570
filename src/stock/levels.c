/* How much there is, for rooms that show or sell it. */
#include "stock/inside.h"

struct err *
stock_of_variants(struct work *w, const struct variant_id *variants, size_t n,
                  struct stock_level *out)
{
    struct rows rows;
    int64_t *all = NEW_ARRAY(w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        all[i] = variants[i].n;
    TRY(db_many(w, Q_stock_of_variants, ARGS(arg_i64s(w, all, n)), &rows));
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        out[i] = (struct stock_level){ .tracked = scan_bool(&s) };
        out[i].backorder = scan_bool(&s);
        out[i].on_hand = scan_i64(&s);
        out[i].reserved = scan_i64(&s);
        out[i].available = out[i].on_hand - out[i].reserved;
        scan_end(&s);
    }
    return NULL;
}

struct err *
stock_of_products(struct work *w, const struct product_id *products, size_t n,
                  struct stock_of_product *out)
{
    struct rows rows;
    int64_t *all = NEW_ARRAY(w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        all[i] = products[i].n;
    TRY(db_many(w, Q_stock_of_products, ARGS(arg_i64s(w, all, n)), &rows));
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        out[i] = (struct stock_of_product){ .variants = scan_i64(&s) };
        out[i].out = scan_i64(&s);
        out[i].tracked = scan_i64(&s);
        out[i].available = scan_i64(&s);
        scan_end(&s);
    }
    return NULL;
}
