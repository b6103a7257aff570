/* Orders and customers as JSON. Inside of src/orders. */
#pragma once
#include "http/json.h"
#include "orders/customers.h"
#include "orders/order.h"

/* All that the shop sees of an order; loads its lines and timeline. */
struct err *shape_order(struct work *w, struct json *j, const struct order *o) MUST_CHECK;
/* What the buyer sees of it. `path` of the page that shows it, and where it is asked for. */
struct err *shape_bought(struct work *w, struct json *j, const struct order *o, const char *url,
                         const char *token) MUST_CHECK;
void shape_row(struct json *j, const struct order_row *row);
void shape_customer(struct json *j, const char *name, const struct customer *c);
