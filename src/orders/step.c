/* Steps of an order. The order is locked first, so two who step at once take turns and the second
 * sees where the first left it. */
#include "base/text.h"
#include "orders/letters.h"
#include "orders/order.h"
#include "orders/state.h"
#include "orders/tell.h"
#include "stock/stock.h"

static struct err *
lock(struct work *w, struct order_id id, enum order_state *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_orders_lock, ARGS(arg_i64(w, id.n)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "order.unknown", "There is no such order.");
    *out = (enum order_state)scan_enum(&s, order_state_names, ORDER_STATES);
    scan_skip(&s); /* version */
    scan_end(&s);
    return NULL;
}

static struct err *
held_lines(struct work *w, struct order_id id, struct stock_line **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_orders_held_lines, ARGS(arg_i64(w, id.n)), &rows));
    struct stock_line *lines = NEW_ARRAY(w->arena, struct stock_line, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        lines[i].line = scan_i64(&s);
        lines[i].variant.n = scan_i64(&s);
        lines[i].quantity = scan_i64(&s);
        scan_end(&s);
    }
    *out = lines;
    *n = (size_t)rows.count;
    return NULL;
}

static struct err *
move_goods(struct work *w, struct order_id id, enum goods goods, bool restock)
{
    struct stock_line *lines;
    int64_t pieces;
    size_t n;
    switch (goods) {
    case GOODS_KEPT:
        return stock_confirm(w, id, &pieces);
    case GOODS_RELEASED:
        return stock_release(w, &id, 1, STOCK_RELEASED);
    case GOODS_SENT:
        TRY(held_lines(w, id, &lines, &n));
        return n ? stock_ship(w, id, lines, n) : NULL;
    case GOODS_BACK:
        if (!restock)
            return NULL;
        TRY(held_lines(w, id, &lines, &n));
        return n ? stock_return(w, id, lines, n, "") : NULL;
    default:
        return NULL;
    }
}

static const enum hook_event told_of[ORDER_STATES] = {
    [ORDER_PAID] = HOOK_ORDER_PAID,
    [ORDER_FULFILLED] = HOOK_ORDER_FULFILLED,
    [ORDER_CANCELLED] = HOOK_ORDER_CANCELLED,
    [ORDER_REFUNDED] = HOOK_ORDER_REFUNDED,
};

static const char *
or_empty(const char *text)
{
    return text ? text : "";
}

static struct err *
tell_step(struct work *w, struct order_id id, enum order_state to, const struct order_move *m)
{
    struct order o;
    if (to == ORDER_COMPLETED) /* nothing that happened outside */
        return NULL;
    TRY(order_load(w, id, &o));
    if (to == ORDER_FULFILLED && m->notify)
        TRY(letters_sent(w, &o, or_empty(m->tracking)));
    return tell_order(w, told_of[to], &(struct told){ id, o.number, to, o.total });
}

/* What the timeline says of it: how to follow the parcel, then the shop's own words. */
static const char *
note_of(struct work *w, const struct order_move *m)
{
    const char *tracking = or_empty(m->tracking), *note = or_empty(m->note);
    return text_join(w->arena, tracking, *tracking && *note ? "\n" : "", note, NULL);
}

struct err *
order_step(struct work *w, struct order_id id, const struct order_move *m, const char *who)
{
    enum order_state from;
    TRY(lock(w, id, &from));
    const struct order_step *step = order_step_find(from, m->act);
    if (!step)
        return order_step_refused(w->arena, from, m->act);
    TRY(move_goods(w, id, step->goods, m->restock));
    TRY(db_exec(w, Q_orders_move,
                ARGS(arg_i64(w, id.n), arg_text(order_state_names[step->to]), arg_text(step->event),
                     arg_text(m->payment), w->user.n ? arg_i64(w, w->user.n) : arg_null(),
                     arg_text(who), arg_text(note_of(w, m))),
                NULL));
    return tell_step(w, id, step->to, m);
}

struct err *
order_note(struct work *w, struct order_id id, const char *note, const char *who)
{
    enum order_state state;
    TRY(lock(w, id, &state));
    return db_exec(w, Q_orders_note,
                   ARGS(arg_i64(w, id.n), w->user.n ? arg_i64(w, w->user.n) : arg_null(),
                        arg_text(who), arg_text(note)),
                   NULL);
}
