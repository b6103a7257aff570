/* Files that name a product and its variants apart (abstract and concrete SKU), where a product
 * without options has one SKU here, its variant's. What such a file called it is kept, so that the
 * next file, of prices, say, may call it so. */
#pragma once
#include "exchange/item.h"

/* Before the stored ones are loaded: who is called by such a name gets the SKU that it has here. */
struct err *names_resolve(struct work *w, struct item *items, size_t n) MUST_CHECK;
/* Behind the write. */
struct err *names_keep(struct work *w, const struct item *items, size_t n) MUST_CHECK;
