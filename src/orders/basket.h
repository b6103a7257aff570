/* What somebody is about to buy, in a cookie of theirs: which variants, how many. Nothing of it is
 * kept here, and no price is in it. Inside of src/orders. */
#pragma once
#include "http/request.h"
#include "orders/place.h"

#define BASKET_LINES 50

struct basket {
    struct order_want lines[BASKET_LINES];
    size_t n;
};

/* Of the shop that the address names; empty when the cookie is of another, or is none. */
void basket_read(struct req *r, struct basket *out);
void basket_write(struct req *r, const struct basket *b);
/* So many more of it; false when there is no room. */
bool basket_add(struct basket *b, struct variant_id variant, int64_t quantity);
/* So many of it, 0: none. */
void basket_set(struct basket *b, struct variant_id variant, int64_t quantity);
