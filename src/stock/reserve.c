/* What orders take, give back and send out. One statement each, whatever the number of lines: it
 * locks the places in the order of their keys, lays the lines along what is free there, and writes
 * stock, reservations and movements from the same figures. */
#include "base/text.h"
#include "stock/inside.h"

struct arg
stock_who(struct work *w)
{
    return w->user.n ? arg_i64(w, w->user.n) : arg_null();
}

struct err *
stock_no_variant(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "stock.variant", "There is no such variant.");
}

/* The lines as arrays, one a column. */
struct columns {
    struct arg lines, variants, quantities;
};

static struct columns
columns_of(struct work *w, const struct stock_line *lines, size_t n)
{
    int64_t *numbers = NEW_ARRAY(w->arena, int64_t, n), *variants = NEW_ARRAY(w->arena, int64_t, n),
            *quantities = NEW_ARRAY(w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        must(lines[i].quantity > 0);
        numbers[i] = lines[i].line;
        variants[i] = lines[i].variant.n;
        quantities[i] = lines[i].quantity;
    }
    return (struct columns){ arg_i64s(w, numbers, n), arg_i64s(w, variants, n),
                             arg_i64s(w, quantities, n) };
}

/* ---- Reserving ---- */

/* One row of stock_reserve. */
struct answer {
    int64_t at; /* its line, from 1; 0: a place that fell */
    struct variant_id variant;
    const char *sku;
    bool tracked;
    int64_t reserved, wanted, available;
    struct warehouse_id warehouse; /* of a place */
    const char *bin;
    int64_t low_at;
};

static struct answer
scan_answer(struct scan s)
{
    struct answer a = { .at = scan_i64(&s) };
    a.variant.n = scan_i64(&s);
    a.sku = scan_text(&s);
    a.tracked = scan_bool(&s);
    a.reserved = scan_i64(&s);
    a.wanted = scan_i64(&s);
    a.available = scan_i64(&s);
    a.warehouse.n = scan_i64(&s);
    a.bin = scan_text(&s);
    a.low_at = scan_i64(&s);
    scan_end(&s);
    return a;
}

static struct err *
short_of(struct work *w, const struct answer *a)
{
    struct err *e = FAIL_FIELD(w->arena, ERR_CONFLICT, "stock.short",
                               text_printf(w->arena, "lines.%lld", (long long)a->at - 1),
                               text_printf(w->arena, "Of %s %lld are available, not %lld.", a->sku,
                                           (long long)a->available, (long long)a->wanted));
    e->about = a->sku;
    e->used = a->wanted;
    e->limit = a->available;
    return e;
}

/* What the rows of a reservation say. */
struct outcome {
    size_t found;
    struct stock_held *held;
    struct fallen_list fallen;
    struct err *shorts, **last;
};

static bool
is_said(const struct err *shorts, const char *sku)
{
    for (const struct err *e = shorts; e; e = e->next)
        if (text_is(e->about, sku))
            return true;
    return false;
}

static void
take_row(struct work *w, const struct answer *a, const struct stock_line *lines, struct outcome *o)
{
    if (!a->at) {
        fallen_add(&o->fallen, &(struct fallen){ a->variant, a->sku, a->warehouse, a->bin,
                                                 a->available, a->low_at });
        return;
    }
    int64_t beyond = a->tracked ? lines[a->at - 1].quantity - a->reserved : 0;
    o->held[a->at - 1] = (struct stock_held){ a->sku, a->reserved, beyond, a->tracked };
    o->found++;
    if (a->wanted && !is_said(o->shorts, a->sku)) {
        *o->last = short_of(w, a);
        o->last = &(*o->last)->next;
    }
}

static struct err *
reserve(struct work *w, struct order_id order, const struct stock_line *lines, size_t n,
        int64_t expires_us, bool only_what_is_there, struct stock_held *held)
{
    struct rows rows;
    struct columns c = columns_of(w, lines, n);
    struct outcome o = { .held = NEW_ARRAY(w->arena, struct stock_held, n),
                         .fallen = { .arena = w->arena } };
    o.last = &o.shorts;
    TRY(db_many(w, Q_stock_reserve,
                ARGS(arg_i64(w, order.n), expires_us ? arg_time(w, expires_us) : arg_null(),
                     c.lines, c.variants, c.quantities, arg_bool(only_what_is_there), stock_who(w)),
                &rows));
    for (int i = 0; i < rows.count; i++) {
        struct answer a = scan_answer(rows_at(&rows, i));
        take_row(w, &a, lines, &o);
    }
    if (o.found < n)
        return stock_no_variant(w);
    if (o.shorts)
        return o.shorts;
    for (size_t i = 0; i < n; i++)
        held[i] = o.held[i];
    return fallen_tell(w, &o.fallen);
}

struct err *
stock_reserve(struct work *w, struct order_id order, const struct stock_line *lines, size_t n,
              int64_t expires_us, struct stock_held *held)
{
    return n ? reserve(w, order, lines, n, expires_us, false, held) : NULL;
}

/* ---- After that ---- */

struct err *
stock_confirm(struct work *w, struct order_id order, int64_t *pieces)
{
    struct scan s;
    TRY(db_one(w, Q_stock_confirm, ARGS(arg_i64(w, order.n)), &s));
    *pieces = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct err *
stock_release(struct work *w, const struct order_id *orders, size_t n, enum stock_why why)
{
    int64_t *all = NEW_ARRAY(w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        all[i] = orders[i].n;
    return db_exec(w, Q_stock_release,
                   ARGS(arg_i64s(w, all, n), arg_text(why == STOCK_EXPIRED ? "expire" : "release"),
                        stock_who(w)),
                   NULL);
}

/* ---- Shipping ---- */

/* What the lines want beyond what is reserved for them is reserved now, or refused. */
static struct err *
reserve_the_rest(struct work *w, struct order_id order, const struct stock_line *lines, size_t n)
{
    struct rows rows;
    struct stock_line *rest = NEW_ARRAY(w->arena, struct stock_line, n);
    struct stock_held *held = NEW_ARRAY(w->arena, struct stock_held, n);
    size_t count = 0;
    TRY(db_many(w, Q_stock_held, ARGS(arg_i64(w, order.n), columns_of(w, lines, n).lines), &rows));
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        int64_t missing = lines[i].quantity - scan_i64(&s);
        scan_end(&s);
        if (missing > 0)
            rest[count++] = (struct stock_line){ lines[i].line, lines[i].variant, missing };
    }
    return count ? reserve(w, order, rest, count, 0, true, held) : NULL;
}

struct err *
stock_ship(struct work *w, struct order_id order, const struct stock_line *lines, size_t n)
{
    struct columns c = { .lines = arg_null(), .quantities = arg_null() };
    if (lines) {
        if (!n)
            return NULL;
        TRY(reserve_the_rest(w, order, lines, n));
        c = columns_of(w, lines, n);
    }
    return db_exec(w, Q_stock_ship, ARGS(arg_i64(w, order.n), c.lines, c.quantities, stock_who(w)),
                   NULL);
}

/* ---- Coming back ---- */

/* All of a variant go to one place, in one change. */
static void
add_back(struct stock_change *changes, size_t *count, const struct stock_change *one)
{
    for (size_t i = 0; i < *count; i++)
        if (changes[i].variant.n == one->variant.n) {
            changes[i].pieces += one->pieces;
            return;
        }
    changes[(*count)++] = *one;
}

struct err *
stock_return(struct work *w, struct order_id order, const struct stock_line *lines, size_t n,
             const char *reason)
{
    struct rows rows;
    struct stock_change *changes = NEW_ARRAY(w->arena, struct stock_change, n);
    struct stock_outcome_of *outcomes = NEW_ARRAY(w->arena, struct stock_outcome_of, n);
    size_t count = 0;
    TRY(db_many(w, Q_stock_shipped_from,
                ARGS(arg_i64(w, order.n), columns_of(w, lines, n).variants), &rows));
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        bool tracked = scan_bool(&s);
        struct warehouse_id from = { scan_i64(&s) }; /* 0: nobody knows, so the first */
        const char *bin = scan_text(&s);
        scan_end(&s);
        if (tracked)
            add_back(changes, &count,
                     &(struct stock_change){ .variant = lines[i].variant,
                                             .warehouse = from,
                                             .bin = bin,
                                             .by = true,
                                             .pieces = lines[i].quantity,
                                             .expected = -1 });
    }
    return stock_apply(w, changes, count, "return", order, reason, outcomes);
}

/* ---- Time that is over ---- */

struct err *
stock_overdue(struct work *w, size_t most, struct stock_overdue **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_stock_overdue, ARGS(arg_time(w, w->now_us), arg_i64(w, (int64_t)most)),
                &rows));
    struct stock_overdue *all = NEW_ARRAY(w->arena, struct stock_overdue, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].vendor.n = scan_i64(&s);
        all[i].order.n = scan_i64(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}
