/* What a list of orders is narrowed to, out of an address. Inside of src/orders. */
#pragma once
#include "http/request.h"
#include "orders/order.h"

/* By the parameters state, number, email, sku, customer_id (one of the five), placed_from and
 * placed_before (days or RFC 3339), cursor. MALFORMED request.cursor, order.filter with its field,
 * order.filters when two of the five were given. `limit` is the caller's. */
struct err *filter_read(struct req *r, struct order_filter *out) MUST_CHECK;
/* The cursor of the page behind the last row. */
const char *filter_next(struct req *r, const struct order_row *last);
/* A day "2026-11-26" or a moment in RFC 3339; false for anything else. */
bool filter_moment(const char *text, int64_t *out_us);
