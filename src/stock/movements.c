#include "stock/movements.h"

#include "http/cursor.h"
#include "stock/inside.h"

static struct movement
scan_movement(struct scan s)
{
    struct movement m = { .id = scan_i64(&s) };
    m.variant.n = scan_i64(&s);
    m.sku = scan_text(&s);
    m.warehouse.n = scan_i64(&s);
    m.warehouse_code = scan_text(&s);
    m.warehouse_name = scan_text(&s);
    m.bin = scan_text(&s);
    m.kind = scan_text(&s);
    m.on_hand = scan_i64(&s);
    m.reserved = scan_i64(&s);
    m.order.n = scan_i64(&s);
    m.reason = scan_text(&s);
    m.who = scan_text(&s);
    m.at_us = scan_time(&s);
    scan_end(&s);
    return m;
}

static struct err *
load_rows(struct work *w, struct variant_id variant, struct order_id order, int64_t behind,
          int64_t limit, struct rows *rows)
{
    if (variant.n)
        return db_many(w, Q_stock_movements_of,
                       ARGS(arg_i64(w, behind), arg_i64(w, limit), arg_i64(w, variant.n)), rows);
    if (order.n)
        return db_many(w, Q_stock_movements_for,
                       ARGS(arg_i64(w, behind), arg_i64(w, limit), arg_i64(w, order.n)), rows);
    return db_many(w, Q_stock_movements, ARGS(arg_i64(w, behind), arg_i64(w, limit)), rows);
}

struct err *
movements_load(struct req *r, struct variant_id variant, struct order_id order, int64_t usual,
               int64_t most, struct movement_page *out)
{
    struct rows rows;
    int64_t behind, limit;
    struct movement_page p = { 0 };
    TRY(cursor_read_id(r, &behind));
    TRY(query_limit(r, usual, most, &limit));
    TRY(load_rows(r->work, variant, order, behind ? behind : INT64_MAX, limit + 1, &rows));
    p.is_first = !behind;
    p.count = (size_t)(rows.count > limit ? limit : rows.count);
    p.at = NEW_ARRAY(r->work->arena, struct movement, p.count);
    for (size_t i = 0; i < p.count; i++)
        p.at[i] = scan_movement(rows_at(&rows, (int)i));
    if (rows.count > limit)
        p.older = cursor_make_id(r, p.at[p.count - 1].id);
    *out = p;
    return NULL;
}
