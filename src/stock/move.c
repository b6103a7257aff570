/* From one place to another. */
#include "base/text.h"
#include "stock/inside.h"

static struct err *
is_promised(struct work *w, const char *sku, int64_t wanted, int64_t available)
{
    struct err *e = FAIL_FIELD(
        w->arena, ERR_CONFLICT, "stock.promised", "pieces",
        text_printf(w->arena, "Of %s only %lld are free to move.", sku, (long long)available));
    e->about = sku;
    e->used = wanted;
    e->limit = available;
    return e;
}

/* Makes the place they go to; it is the only one that may be new. */
static struct err *
open_target(struct work *w, const struct stock_move *m)
{
    struct rows rows;
    TRY(db_many(w, Q_stock_open,
                ARGS(arg_i64s(w, &m->variant.n, 1), arg_texts(w, (const char *[]){ NULL }, 1),
                     arg_i64s(w, &m->to.n, 1), arg_texts(w, (const char *[]){ NULL }, 1),
                     arg_texts(w, &m->to_bin, 1)),
                &rows));
    struct scan s = rows_at(&rows, 0);
    bool variant = scan_i64(&s), warehouse = scan_i64(&s);
    scan_end(&s);
    if (!variant)
        return stock_no_variant(w);
    if (!warehouse)
        return FAIL_FIELD(w->arena, ERR_NOT_FOUND, "stock.warehouse", "to",
                          "There is no such warehouse.");
    return NULL;
}

struct err *
stock_move(struct work *w, const struct stock_move *m)
{
    struct scan s;
    bool found;
    must(m->pieces > 0);
    if (m->from.n == m->to.n && text_is(m->from_bin, m->to_bin))
        return FAIL_FIELD(w->arena, ERR_INVALID, "stock.same_place", "to",
                          "It lies there already.");
    TRY(open_target(w, m));
    TRY(db_maybe(w, Q_stock_move,
                 ARGS(arg_i64(w, m->variant.n), arg_i64(w, m->from.n), arg_text(m->from_bin),
                      arg_i64(w, m->to.n), arg_text(m->to_bin), arg_i64(w, m->pieces),
                      arg_text(m->reason), stock_who(w)),
                 &found, &s));
    if (!found)
        return FAIL_FIELD(w->arena, ERR_NOT_FOUND, "stock.place", "from", "Nothing lies there.");
    bool moved = scan_bool(&s);
    struct fallen f = { m->variant, NULL, m->from, m->from_bin, scan_i64(&s), 0 };
    f.sku = scan_text(&s);
    f.low_at = scan_i64(&s);
    bool fell = scan_bool(&s);
    scan_end(&s);
    if (!moved)
        return is_promised(w, f.sku, m->pieces, f.available);

    struct fallen_list fallen = { .arena = w->arena };
    f.available -= m->pieces;
    if (fell)
        fallen_add(&fallen, &f);
    TRY(fallen_tell(w, &fallen));
    return db_exec(w, Q_stock_forget,
                   ARGS(arg_i64(w, m->variant.n), arg_i64(w, m->from.n), arg_text(m->from_bin)),
                   NULL);
}
