/* An order as a form or a program gives it. Inside of src/orders. */
#pragma once
#include "http/form.h"
#include "orders/place.h"

/* Reads items, customer, addresses, language, note, consent and what the buyer was shown into *out,
 * for a shop of these terms. By the shop itself also shipping and discount. Failures are collected
 * in the form: field.*, order.*, account.email. */
void order_read(struct form *f, const struct terms *terms, bool by_shop, struct order_draft *out);
/* Who is named in the timeline of what this person does. */
const char *order_actor(const struct req *r);
/* An address whose members stand below `name` ("shipping_address"); *given is false when none of
 * them has text. Of one that is given street, city and country are needed. */
struct address address_read(struct form *f, const char *name, bool *given);
