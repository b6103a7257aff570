/* What an order costs: values in, values out.
 *
 * A line is price × quantity, exact. Shipping and discount have the tax of the goods they go with:
 * each is cut over the rates by what the goods of a rate cost, to the cent, nothing lost
 * (money_split). The tax of a rate is rounded once, half away from zero, over all that has this
 * rate: with prices that include it `base × bp / (10000 + bp)`, else `base × bp / 10000`. */
#pragma once
#include "base/err.h"
#include "base/money.h"

#define ORDER_RATES_MAX 16
#define ORDER_MOST      INT64_C(100000000000000) /* minor units, of an order and each of its parts */

struct order_priced {
    int64_t quantity; /* > 0 */
    struct money price;
    int tax_bp;
};

struct order_tax {
    int bp;
    struct money base, tax; /* without tax, and the tax on it */
};

struct order_sums {
    struct money items, shipping, discount;
    struct money tax;                        /* of all rates */
    struct money total;                      /* to be paid */
    struct order_tax taxes[ORDER_RATES_MAX]; /* by rate, the lowest in front */
    size_t tax_count;
};

/* All in one currency. INVALID order.too_large: more than an order may cost; order.discount with
 * field discount: more than goods and shipping; order.rates: more than 16 tax rates. */
struct err *order_totals(struct arena *a, const struct order_priced *lines, size_t n, bool with_tax,
                         struct money shipping, struct money discount,
                         struct order_sums *out) MUST_CHECK;

/* Price × quantity; false when that is more than an order may cost. */
bool order_line_total(const struct order_priced *line, struct money *out);
