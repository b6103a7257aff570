/* Does the ledger say what lies there? */
#include "stock/inside.h"

struct err *
stock_prove(struct work *w, struct stock_difference **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_stock_differences, NO_ARGS, &rows));
    struct stock_difference *all = NEW_ARRAY(w->arena, struct stock_difference, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].vendor.n = scan_i64(&s);
        all[i].variant.n = scan_i64(&s);
        all[i].warehouse.n = scan_i64(&s);
        all[i].bin = scan_text(&s);
        all[i].on_hand = scan_i64(&s);
        all[i].ledger_on_hand = scan_i64(&s);
        all[i].reserved = scan_i64(&s);
        all[i].ledger_reserved = scan_i64(&s);
        all[i].held = scan_i64(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}
