/* The states of an order and the steps between them, as a table. */
#pragma once
#include "orders/orders.h"

/* What a step does with the goods that the order holds. */
enum goods {
    GOODS_STAY = 1,
    GOODS_KEPT,     /* held until they are sent, no longer until a time only */
    GOODS_RELEASED, /* for sale again */
    GOODS_SENT,
    GOODS_BACK /* what came back is for sale again, when whoever does it says so */
};

struct order_step {
    enum order_state from;
    const char *act; /* as pages and API call it: "pay" */
    enum order_state to;
    const char *event; /* in the timeline */
    enum goods goods;
};

/* The steps from one state stand together, the usual one in front. */
extern const struct order_step order_steps[];
extern const size_t order_step_count;

/* NULL: there is none of this name from there. */
const struct order_step *order_step_find(enum order_state from, const char *act);
/* The usual next one; NULL: nothing follows. */
const struct order_step *order_step_next(enum order_state from);
/* What may be done in a state: "ship refund"; "" when nothing follows. */
const char *order_steps_from(struct arena *a, enum order_state from);
/* Why it cannot be done in that state: CONFLICT order.over, order.refund_instead, order.unpaid … or
 * order.step, with what can be in `allowed`; INVALID order.act when no step is called so. */
struct err *order_step_refused(struct arena *a, enum order_state from, const char *act) MUST_CHECK;
/* The state of this name; false when there is none. */
bool order_state_read(const char *name, enum order_state *out);
