/* Counts, deliveries, corrections and imports: many places in two statements. The first finds what
 * each row names and makes the places that are not there; the second locks those that will change,
 * judges them by what lies there then, and writes stock and movements. */
#include "base/text.h"
#include "stock/inside.h"

#define LOW_AS_IT_IS (-2) /* as stock_change has it */

static const char *const outcome_names[] = {
    [STOCK_CHANGED] = "changed",   [STOCK_SAME] = "same",         [STOCK_STALE] = "stale",
    [STOCK_PROMISED] = "promised", [STOCK_TOO_MANY] = "too_many",
};

/* ---- What the rows name ---- */

static struct err *
open_places(struct work *w, const struct stock_change *c, size_t n, struct stock_outcome_of *out)
{
    struct arena *a = w->arena;
    int64_t *variants = NEW_ARRAY(a, int64_t, n), *warehouses = NEW_ARRAY(a, int64_t, n);
    const char **skus = NEW_ARRAY(a, const char *, n), **codes = NEW_ARRAY(a, const char *, n),
               **bins = NEW_ARRAY(a, const char *, n);
    struct rows rows;
    for (size_t i = 0; i < n; i++) {
        variants[i] = c[i].variant.n;
        warehouses[i] = c[i].warehouse.n;
        skus[i] = c[i].sku;
        codes[i] = c[i].code && *c[i].code ? c[i].code : NULL;
        bins[i] = c[i].bin ? c[i].bin : "";
    }
    TRY(db_many(w, Q_stock_open,
                ARGS(arg_i64s(w, variants, n), arg_texts(w, skus, n), arg_i64s(w, warehouses, n),
                     arg_texts(w, codes, n), arg_texts(w, bins, n)),
                &rows));
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        out[i].variant.n = scan_i64(&s);
        out[i].warehouse.n = scan_i64(&s);
        scan_end(&s);
        out[i].outcome = !out[i].variant.n     ? STOCK_NO_VARIANT
                         : !out[i].warehouse.n ? STOCK_NO_WAREHOUSE
                                               : STOCK_SAME;
    }
    return NULL;
}

/* Does a row leave its warehouse to us? Then there must be a first one. */
static struct err *
have_a_warehouse(struct work *w, const struct stock_change *c, size_t n)
{
    struct warehouse_id first;
    for (size_t i = 0; i < n; i++)
        if (!c[i].warehouse.n && !(c[i].code && *c[i].code))
            return stock_warehouse_named(w, NULL, NULL, &first);
    return NULL;
}

/* ---- What becomes of them ---- */

static struct err *
run_change(struct work *w, const struct stock_change *c, const struct stock_outcome_of *found,
           size_t n, const char *kind, struct order_id order, const char *reason, struct rows *rows)
{
    struct arena *a = w->arena;
    int64_t *variants = NEW_ARRAY(a, int64_t, n), *warehouses = NEW_ARRAY(a, int64_t, n),
            *by = NEW_ARRAY(a, int64_t, n), *pieces = NEW_ARRAY(a, int64_t, n),
            *expected = NEW_ARRAY(a, int64_t, n), *low = NEW_ARRAY(a, int64_t, n);
    const char **bins = NEW_ARRAY(a, const char *, n);
    for (size_t i = 0; i < n; i++) {
        variants[i] = found[i].variant.n; /* 0: matches no place */
        warehouses[i] = found[i].warehouse.n;
        bins[i] = c[i].bin ? c[i].bin : "";
        by[i] = c[i].by;
        pieces[i] = c[i].pieces;
        expected[i] = c[i].expected;
        low[i] = c[i].has_low_at ? c[i].low_at : LOW_AS_IT_IS;
    }
    return db_many(w, Q_stock_change,
                   ARGS(arg_i64s(w, variants, n), arg_i64s(w, warehouses, n), arg_texts(w, bins, n),
                        arg_i64s(w, by, n), arg_i64s(w, pieces, n), arg_i64s(w, expected, n),
                        arg_i64s(w, low, n), arg_text(kind), arg_text(reason),
                        order.n ? arg_i64(w, order.n) : arg_null(), stock_who(w)),
                   rows);
}

static void
take_row(struct scan s, const struct stock_change *c, struct stock_outcome_of *out,
         struct fallen_list *fallen)
{
    int64_t at = scan_i64(&s) - 1;
    struct stock_outcome_of *o = &out[at];
    o->outcome = (enum stock_outcome)scan_enum(&s, outcome_names, COUNT(outcome_names));
    o->on_hand = scan_i64(&s);
    o->reserved = scan_i64(&s);
    const char *sku = scan_text(&s);
    int64_t low_at = scan_i64(&s);
    if (scan_bool(&s))
        fallen_add(fallen,
                   &(struct fallen){ o->variant, sku, o->warehouse, c[at].bin ? c[at].bin : "",
                                     o->on_hand - o->reserved, low_at });
    scan_end(&s);
}

struct err *
stock_apply(struct work *w, const struct stock_change *changes, size_t n, const char *kind,
            struct order_id order, const char *reason, struct stock_outcome_of *out)
{
    struct rows rows;
    struct fallen_list fallen = { .arena = w->arena };
    struct stock_outcome_of *all = NEW_ARRAY(w->arena, struct stock_outcome_of, n);
    if (!n)
        return NULL;
    TRY(have_a_warehouse(w, changes, n));
    TRY(open_places(w, changes, n, all));
    TRY(run_change(w, changes, all, n, kind, order, reason, &rows));
    for (int i = 0; i < rows.count; i++)
        take_row(rows_at(&rows, i), changes, all, &fallen);
    for (size_t i = 0; i < n; i++)
        out[i] = all[i];
    return fallen_tell(w, &fallen);
}

struct err *
stock_set_many(struct work *w, const struct stock_change *changes, size_t n, enum stock_kind kind,
               const char *reason, struct stock_outcome_of *out)
{
    static const char *const kinds[] = { [STOCK_COUNT] = "count",
                                         [STOCK_RECEIVE] = "receive",
                                         [STOCK_CORRECT] = "correct",
                                         [STOCK_IMPORT] = "import" };
    return stock_apply(w, changes, n, kinds[kind], (struct order_id){ 0 }, reason, out);
}
