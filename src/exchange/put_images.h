/* Pictures that a file names. */
#pragma once
#include "exchange/item.h"

/* Once the products are written, or would be: fills images_new, and has what is new fetched unless
 * it is a check only. */
struct err *images_follow(struct work *w, struct item *items, size_t n, bool dry) MUST_CHECK;
