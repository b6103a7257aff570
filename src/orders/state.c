#include "orders/state.h"

#include "base/text.h"

const char *const order_state_names[ORDER_STATES] = {
    [ORDER_PENDING] = "pending",     [ORDER_PAID] = "paid",
    [ORDER_FULFILLED] = "fulfilled", [ORDER_COMPLETED] = "completed",
    [ORDER_CANCELLED] = "cancelled", [ORDER_REFUNDED] = "refunded",
};

/* clang-format off */
const struct order_step order_steps[] = {
    /* from             act         to               event        goods */
    { ORDER_PENDING,   "pay",      ORDER_PAID,      "paid",      GOODS_KEPT },
    { ORDER_PENDING,   "cancel",   ORDER_CANCELLED, "cancelled", GOODS_RELEASED },
    { ORDER_PAID,      "ship",     ORDER_FULFILLED, "fulfilled", GOODS_SENT },
    { ORDER_PAID,      "refund",   ORDER_REFUNDED,  "refunded",  GOODS_RELEASED },
    { ORDER_FULFILLED, "complete", ORDER_COMPLETED, "completed", GOODS_STAY },
    { ORDER_FULFILLED, "refund",   ORDER_REFUNDED,  "refunded",  GOODS_BACK },
    { ORDER_COMPLETED, "refund",   ORDER_REFUNDED,  "refunded",  GOODS_BACK },
};

/* Refusals that say more than that there is no such step. */
static const struct {
    enum order_state from;
    const char *act; /* NULL: any */
    const char *code, *say;
} refusals[] = {
    { ORDER_PENDING,   "ship",     "order.unpaid",         "It is not paid yet: mark it as paid first." },
    { ORDER_PENDING,   "complete", "order.unpaid",         "It is not paid yet: mark it as paid first." },
    { ORDER_PENDING,   "refund",   "order.cancel_instead", "Nothing was paid yet: pending orders are cancelled, not refunded." },
    { ORDER_PAID,      "cancel",   "order.refund_instead", "Paid orders are refunded, not cancelled." },
    { ORDER_FULFILLED, "cancel",   "order.refund_instead", "Paid orders are refunded, not cancelled." },
    { ORDER_COMPLETED, "cancel",   "order.refund_instead", "Paid orders are refunded, not cancelled." },
    { ORDER_PAID,      "complete", "order.unsent",         "It is not sent yet: mark it as sent first." },
    { ORDER_CANCELLED, NULL,       "order.over",           "The order is cancelled: nothing follows." },
    { ORDER_REFUNDED,  NULL,       "order.over",           "The order is refunded: nothing follows." },
};
/* clang-format on */
const size_t order_step_count = COUNT(order_steps);

const struct order_step *
order_step_find(enum order_state from, const char *act)
{
    for (size_t i = 0; i < order_step_count; i++)
        if (order_steps[i].from == from && text_is(order_steps[i].act, act))
            return &order_steps[i];
    return NULL;
}

const struct order_step *
order_step_next(enum order_state from)
{
    for (size_t i = 0; i < order_step_count; i++)
        if (order_steps[i].from == from)
            return order_steps[i].to == ORDER_REFUNDED ? NULL : &order_steps[i];
    return NULL;
}

const char *
order_steps_from(struct arena *a, enum order_state from)
{
    struct buf b = buf_new(a, 64);
    for (size_t i = 0; i < order_step_count; i++)
        if (order_steps[i].from == from)
            buf_printf(&b, "%s%s", b.length ? " " : "", order_steps[i].act);
    return b.at;
}

static bool
is_act(const char *act)
{
    for (size_t i = 0; i < order_step_count; i++)
        if (text_is(order_steps[i].act, act))
            return true;
    return false;
}

struct err *
order_step_refused(struct arena *a, enum order_state from, const char *act)
{
    struct err *e;
    if (!is_act(act))
        return FAIL_FIELD(a, ERR_INVALID, "order.act", "action", "There is no such step.");
    e = FAIL(a, ERR_CONFLICT, "order.step", "This does not follow from the order's state.");
    for (size_t i = 0; i < COUNT(refusals); i++)
        if (refusals[i].from == from && (!refusals[i].act || text_is(refusals[i].act, act))) {
            e->code = refusals[i].code;
            e->say = refusals[i].say;
        }
    e->allowed = order_steps_from(a, from);
    return e;
}

bool
order_state_read(const char *name, enum order_state *out)
{
    for (int s = 0; s < ORDER_STATES; s++)
        if (text_is(name, order_state_names[s])) {
            *out = (enum order_state)s;
            return true;
        }
    return false;
}
