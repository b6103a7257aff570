/* Orders and customers of a shop.
 *
 * An order keeps what was agreed: titles, options, prices, taxes, addresses. It goes from state to
 * state by steps that are rows of a table (state.h); each step is noted in its timeline, does with
 * the goods what belongs to it and tells the shop's webhooks, all in one transaction.
 *
 * All of it inside the caller's transaction of the tenant w->vendor: TX_WRITE or TX_SHOP_WRITE for
 * what changes. Of a shop, whoever writes orders takes the row of its figures last. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/ids.h"
#include "base/money.h"
#include "base/work.h"

enum order_state {
    ORDER_PENDING, /* placed, not paid yet: expires */
    ORDER_PAID,
    ORDER_FULFILLED, /* sent */
    ORDER_COMPLETED,
    ORDER_CANCELLED, /* before it was paid */
    ORDER_REFUNDED,
    ORDER_STATES
};
extern const char *const order_state_names[ORDER_STATES]; /* "pending" … */

/* ---- Past orders, of a shop that moves in ---- */

/* As the old books have it: an amount is never reckoned anew, so the sums agree to the cent. */
struct order_past_line {
    const char *sku;    /* at most 64 characters; "" when the books have none */
    const char *title;  /* may be "" */
    int64_t quantity;   /* below zero: taken back; never 0; at most a thousand million */
    struct money price; /* of one, 0 or more */
    struct money total; /* of the line */
};

/* A credit (a cancelled invoice) is an order of its own in state refunded, with quantities and
 * amounts below zero: the sum over all orders is what the books say. */
struct order_past {
    const char *number;     /* of the old books, 1 … 64 characters: the order is known by it */
    enum order_state state; /* ORDER_COMPLETED, ORDER_CANCELLED or ORDER_REFUNDED */
    int64_t placed_us;
    const char *customer; /* their number of the customer, at most 64 characters, or NULL */
    const char *email;    /* lower case, or NULL; neither of the two: bought without an account */
    const char *name;     /* or NULL */
    const char *country;  /* as in the books, or NULL */
    const char *language; /* or NULL: en */
    enum currency currency;
    const struct order_past_line *lines; /* one at least */
    size_t line_count;
};

enum order_past_outcome {
    ORDER_PAST_ADDED = 1,
    ORDER_PAST_SAME,   /* it was there, with this total and state */
    ORDER_PAST_DIFFERS /* it was there with another total or state, and stays as it was */
};

/* Puts them into the books: no goods move, no mail leaves, no webhook is told; they count in the
 * figures. In a handful of statements, however many (1,000 orders at a time do well). `out` has one
 * outcome each, in their order; of two with one number in `orders` the first counts. INVALID
 * order.past_too_large: an amount that no order can have. */
struct err *orders_put_many(struct work *w, const struct order_past *orders, size_t n,
                            enum order_past_outcome *out) MUST_CHECK;
