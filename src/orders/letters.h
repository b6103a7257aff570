/* The mails of an order, into the outbox with it. Inside of src/orders. */
#pragma once
#include "orders/order.h"
#include "orders/place.h"

/* To the buyer, in the language of the order, with the link to the order's page, unless d->quiet;
 * and a note to the shop, where it asked for one. */
struct err *letters_placed(struct work *w, const struct order_draft *d, const struct order_quote *q,
                           const struct order_placed *placed) MUST_CHECK;
/* To the buyer, in the language of the order, that it is on its way; to nobody of whom no
 * address is known. `tracking` may be "". */
struct err *letters_sent(struct work *w, const struct order *o, const char *tracking) MUST_CHECK;
