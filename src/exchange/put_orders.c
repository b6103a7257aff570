#include "exchange/put_orders.h"

#include "base/text.h"
#include "db/db.h"
#include "orders/orders.h"

static void
convert(struct arena *a, const struct past_order *from, struct order_past *to)
{
    struct order_past_line *lines = NEW_ARRAY(a, struct order_past_line, from->line_count);
    for (size_t i = 0; i < from->line_count; i++)
        lines[i] = (struct order_past_line){ .sku = from->lines[i].sku,
                                             .title = from->lines[i].title,
                                             .quantity = from->lines[i].quantity,
                                             .price = from->lines[i].unit_price,
                                             .total = from->lines[i].total };
    *to = (struct order_past){ .number = from->name,
                               .state = from->kind == PAST_CANCELLATION ? ORDER_REFUNDED
                                                                        : ORDER_COMPLETED,
                               .placed_us = from->at_us,
                               .customer = from->customer,
                               .email = from->email,
                               .country = *from->country ? from->country : NULL,
                               .currency = from->total.cur,
                               .lines = lines,
                               .line_count = from->line_count };
}

static void
note(struct found *out, const struct past_order *o, const char *code)
{
    struct finding *f = NEW(out->arena, struct finding);
    *f = (struct finding){
        .code = code, .line = o->line, .row = o->row, .header = "", .value = o->name, .other = ""
    };
    found_add(out, f);
}

/* What a run would make of it, in a check. */
static struct err *
look(struct work *w, const struct order_past *orders, size_t n, enum order_past_outcome *out)
{
    struct rows rows;
    const char **numbers = NEW_ARRAY(w->arena, const char *, n + 1);
    const char **states = NEW_ARRAY(w->arena, const char *, n + 1);
    int64_t *totals = NEW_ARRAY(w->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        numbers[i] = orders[i].number;
        states[i] = order_state_names[orders[i].state];
        for (size_t k = 0; k < orders[i].line_count; k++)
            totals[i] += orders[i].lines[k].total.minor;
        out[i] = ORDER_PAST_ADDED;
    }
    TRY(db_many(w, Q_exchange_orders_there,
                ARGS(arg_texts(w, numbers, n), arg_texts(w, states, n), arg_i64s(w, totals, n)),
                &rows));
    for (int k = 0; k < rows.count; k++) {
        struct scan s = rows_at(&rows, k);
        size_t place = (size_t)scan_i64(&s) - 1;
        out[place] = scan_bool(&s) ? ORDER_PAST_SAME : ORDER_PAST_DIFFERS;
        scan_end(&s);
    }
    return NULL;
}

static void
count(struct found *out, const struct past_order *o, enum order_past_outcome outcome)
{
    if (outcome == ORDER_PAST_ADDED)
        out->counts.created++;
    else
        out->counts.unchanged++;
    if (outcome == ORDER_PAST_DIFFERS)
        note(out, o, "import.order_differs");
}

struct err *
put_orders(struct work *w, bool dry, struct past_order *const *at, size_t n, struct found *out)
{
    struct order_past *orders = NEW_ARRAY(w->arena, struct order_past, n + 1);
    struct past_order **from = NEW_ARRAY(w->arena, struct past_order *, n + 1);
    enum order_past_outcome *outcomes = NEW_ARRAY(w->arena, enum order_past_outcome, n + 1);
    size_t good = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < at[i]->findings.count; k++)
            found_add(out, &at[i]->findings.at[k]);
        if (at[i]->refused) {
            found_refuse(out, at[i]->rows, at[i]->row_count);
        } else if (at[i]->kind == PAST_ADJUSTMENT) { /* stock that was lost: no order */
            out->counts.unchanged++;
        } else {
            convert(w->arena, at[i], &orders[good]);
            from[good++] = at[i];
        }
    }
    if (good)
        TRY(dry ? look(w, orders, good, outcomes) : orders_put_many(w, orders, good, outcomes));
    for (size_t i = 0; i < good; i++)
        count(out, from[i], outcomes[i]);
    out->counts.through += (int64_t)n;
    return NULL;
}
