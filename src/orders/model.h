/* Orders as pages show them. Inside of src/orders. */
#pragma once
#include "http/request.h"
#include "orders/order.h"
#include "view/value.h"

/* state {word, kind {ok|warning|running|off: true}} into the map. */
void model_state(struct val *m, enum order_state state);
/* Everything of an order but its timeline: called, number, state, placed, items, sums, taxes,
 * addresses, notes. Loads its lines. */
struct err *model_order(struct req *r, struct val *m, const struct order *o) MUST_CHECK;
/* "17 %", "8.1 %" as the language writes it. */
const char *model_rate(struct req *r, int64_t bp);
/* An address as a map; nothing when there is none. */
void model_address(struct req *r, struct val *m, const char *name, const char *json);
