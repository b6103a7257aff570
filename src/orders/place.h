/* Placing an order. Inside of src/orders. */
#pragma once
#include "orders/order.h"
#include "orders/terms.h"

#define ORDER_LINES_MOST 200
#define ORDER_PIECES     1000000 /* most of one line */

/* What is asked for, by one of the three. */
struct order_want {
    struct variant_id variant;
    struct product_id product; /* of one variant only */
    const char *sku;           /* NULL or "" */
    int64_t quantity;          /* 1 … ORDER_PIECES */
};

struct order_draft {
    struct terms terms; /* of the shop, as terms_load() gave them */
    const struct order_want *wants;
    size_t n;
    const char *email, *name, *language, *note, *source;
    bool news;
    struct address ship_to, bill_to;
    bool has_ship_to, has_bill_to;
    struct money expected; /* what the buyer was shown */
    bool has_expected;
    struct money shipping, discount; /* the shop's own say; else by its terms, and none */
    bool has_shipping, has_discount;
    bool for_sale_only; /* what is not on show cannot be bought */
    bool quiet;         /* no confirmation to the buyer */
    const char *who;    /* in the timeline; "" for the buyer */
};

/* A line as it would be bought now. */
struct order_good {
    struct variant_id variant;
    struct product_id product;
    const char *sku, *title, *title_language, *options;
    int64_t quantity;
    struct money price, total;
    int tax_bp;
};

struct order_quote {
    struct terms terms;
    struct order_good *goods;
    size_t n;
    struct order_sums sums;
};

struct order_placed {
    struct order_id id;
    int64_t number;
    const char *token; /* opens the buyer's page; told once, kept as its SHA-256 */
};

/* What it would cost now. INVALID order.unknown_item, order.several,
 * order.not_for_sale, order.currency with field "items.N"; order.too_large, order.discount. In a
 * reading transaction too. */
struct err *order_quote(struct work *w, const struct order_draft *d,
                        struct order_quote *out) MUST_CHECK;

/* Places it: customer, goods, number, timeline, mails, webhooks. As order_quote; CONFLICT
 * order.total_changed when `expected` is not what it costs; CONFLICT stock.short with field
 * "items.N" for what is not there: the transaction may go on. */
struct err *order_place(struct work *w, const struct order_draft *d, struct order_placed *out,
                        struct order_quote *quote) MUST_CHECK;
