/* What the public's two ways to an order have in common. Inside of src/orders. */
#pragma once
#include "http/request.h"
#include "orders/draft.h"

/* Places what a buyer sent: an address that has had enough mails today gets none about this. */
struct err *buy(struct req *r, struct order_draft *d, struct order_placed *out,
                struct order_quote *quote) MUST_CHECK;
/* "/shops/{shop}/orders/{token}", whole for people and programs elsewhere. */
const char *bought_path(struct req *r, const char *token);
