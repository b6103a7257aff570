/* What a list of deliveries is asked for, by page and API alike. Inside of src/hooks. */
#pragma once
#include "hooks/delivery.h"
#include "http/request.h"

/* `state`, `event`, `cursor`, `limit`; *more: there are others behind. MALFORMED request.cursor,
 * request.limit, request.filter (no state, no event of ours). */
struct err *deliveries_load_page(struct req *r, int64_t endpoint, struct delivery_filter *f,
                                 struct delivery **out, size_t *n, bool *more) MUST_CHECK;

struct endpoint;
/* The endpoint that the address names. NOT_FOUND hook.unknown. */
struct err *endpoint_named(struct req *r, struct endpoint *out) MUST_CHECK;
/* Both of an address …/{hook}/deliveries/{delivery}. */
struct err *delivery_named(struct req *r, struct delivery *out) MUST_CHECK;
