/* How a shop sells: what its orders cost besides the goods, and what is said of them. Inside of
 * src/orders. */
#pragma once
#include "orders/orders.h"

struct terms {
    const char *shop, *name; /* slug, and as people call it */
    enum currency currency;
    const char *language;
    bool with_tax;
    struct money shipping, free_from;
    bool has_free_from; /* goods of free_from and more are sent free */
    int64_t hours;      /* an unpaid order is kept so long; 0: as the installation has it */
    const char *pay_by; /* how buyers pay, in the shop's words; "" */
    const char *tell;   /* where a note of each order goes; "" */
};

/* NOT_FOUND shop.unknown. */
struct err *terms_load(struct work *w, struct terms *out) MUST_CHECK;
struct err *terms_save(struct work *w, const struct terms *t) MUST_CHECK;
