/* One thing done to several products at once. Each takes their ids and says what came of it; each
 * product that changed is told to the shop's webhooks and noted in its history. Ids of another
 * shop, or of nothing, are like products that need no change. Inside a TX_WRITE. */
#pragma once
#include "catalog/catalog.h"

struct ids {
    int64_t *at;
    size_t count;
};

/* Prices go up or down by `by_bp` hundredths of a per cent and are rounded to a multiple of `step`
 * minor units, half away from zero. */
struct price_move {
    int64_t by_bp, step;
};

/* held: open orders hold them. */
struct err *bulk_delete(struct work *w, const struct ids *ids, struct bulk_result *out) MUST_CHECK;
struct err *bulk_set_status(struct work *w, const struct ids *ids, enum product_status status,
                            struct bulk_result *out) MUST_CHECK;
/* A path that is not there yet is made. */
struct err *bulk_set_category(struct work *w, const struct ids *ids, const char *path,
                              struct bulk_result *out) MUST_CHECK;
/* held: their price before would no longer be above the price. One act of the shop's log. */
struct err *bulk_set_price(struct work *w, const struct ids *ids, const struct price_move *move,
                           enum currency currency, struct bulk_result *out) MUST_CHECK;
