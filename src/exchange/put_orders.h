/* Past orders of a file into the books. An order that is there already stays as it is. */
#pragma once
#include "exchange/found.h"
#include "exchange/orders_in.h"

/* In a transaction that writes; `dry` writes nothing. Orders that are refused already only have
 * their findings noted. INVALID as orders_put_many(). */
struct err *put_orders(struct work *w, bool dry, struct past_order *const *at, size_t n,
                       struct found *out) MUST_CHECK;
