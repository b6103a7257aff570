/* Customers of a shop. Inside of src/orders. */
#pragma once
#include "orders/orders.h"

struct customer {
    struct customer_id id;
    const char *external;                /* number of where the shop moved from; "" */
    const char *email, *name, *language; /* email "": known by a number only, or erased */
    int64_t news_since_us;               /* 0: no consent to be written to about news */
    int64_t orders, last_order_us, created_us, erased_us;
};

/* NOT_FOUND customer.unknown. */
struct err *customer_load(struct work *w, struct customer_id id, struct customer *out) MUST_CHECK;
/* Newest first, behind that id (0: from the first). */
struct err *customers_list(struct work *w, int64_t behind, int64_t limit, struct customer **out,
                           size_t *n) MUST_CHECK;
/* Whose address or name begins so, or whose number it is. */
struct err *customers_find(struct work *w, const char *text, int64_t limit, struct customer **out,
                           size_t *n) MUST_CHECK;
/* What was paid, one amount a currency. */
struct err *customer_sums(struct work *w, struct customer_id id, struct money **out,
                          size_t *n) MUST_CHECK;
/* JSON texts of the addresses of the last orders, newest first, ten at most. */
struct err *customer_addresses(struct work *w, struct customer_id id, const char ***out,
                               size_t *n) MUST_CHECK;
/* All that is kept of the person, as JSON. NOT_FOUND customer.unknown. */
struct err *customer_export(struct work *w, struct customer_id id, const char **json) MUST_CHECK;
struct err *customer_set_news(struct work *w, struct customer_id id, bool may) MUST_CHECK;
/* The person goes: name, addresses, notes, consent. What the books need stays: numbers, goods,
 * amounts, taxes, the country. Noted in the audit log. CONFLICT customer.open_orders while orders
 * are on their way; done twice it changes nothing. */
struct err *customer_erase(struct work *w, struct customer_id id) MUST_CHECK;
