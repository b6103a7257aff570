/* A shop with warehouses and variants, for tests of stock. */
#pragma once
#include "dbtest.h"

#include "stock/stock.h"

/* An active shop; w->vendor of the test's own connection is it from now on. */
struct vendor_id shop_open(struct dbtest *t, const char *slug);
struct warehouse_id shop_warehouse(struct dbtest *t, struct vendor_id shop, const char *code);
/* A product with one variant of that SKU, not tracked. */
struct variant_id shop_variant(struct dbtest *t, struct vendor_id shop, const char *sku);

/* So many lie there now, by a count in a transaction of its own. */
void shop_count(struct dbtest *t, struct variant_id v, struct warehouse_id h, const char *bin,
                int64_t pieces);

/* Each in a transaction of its own; the failure is given back. */
struct err *shop_reserve(struct work *w, int64_t order, struct variant_id v, int64_t quantity);

int64_t shop_on_hand(struct dbtest *t, struct variant_id v);
int64_t shop_reserved(struct dbtest *t, struct variant_id v);

/* Ledger = stock, reservations = reserved, over all shops. */
void assert_proven(struct dbtest *t);
