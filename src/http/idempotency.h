/* Writes that are sent twice and done once. A program says so by `Idempotency-Key` (1 … 255 visible
 * ASCII characters; a day; by account and shop, without an account by the
 * address); of a form
 * its call and very bytes are the key, since each page gives its forms another CSRF token: a double
 * click writes once.
 *
 * A refused payment (402) is kept too; other failures are not, so they may be tried again.
 *
 * Holds for routes whose transaction the dispatcher opens (TX_WRITE, TX_SHOP_WRITE,
 * TX_OPERATOR_WRITE). An upload
 * is known by its content instead. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

struct req;

/* In front of the handler, inside its transaction. *replayed: the answer of the first time stands
 * in r->resp, with `Idempotent-Replayed: true`, and the handler must not run.
 * MALFORMED idempotency.key, CONFLICT idempotency.running (the first is still at work),
 * CONFLICT idempotency.secret (it was done, and its answer is not told twice),
 * INVALID idempotency.other_request (the same key came with another call or body). */
struct err *idempotency_find(struct req *r, bool *replayed) MUST_CHECK;
/* Behind the handler, before the commit: keeps the answer. BUSY db.retry when the same key was
 * committed meanwhile: run again, it is found. */
struct err *idempotency_keep(struct req *r) MUST_CHECK;
