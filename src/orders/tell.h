/* What a shop's webhooks hear of orders: enough to ask for more, and nothing about persons. Inside
 * of src/orders. */
#pragma once
#include "hooks/hooks.h"
#include "orders/orders.h"

struct told {
    struct order_id id;
    int64_t number; /* 0: a past order */
    enum order_state state;
    struct money total;
};

struct err *tell_order(struct work *w, enum hook_event event, const struct told *t) MUST_CHECK;
