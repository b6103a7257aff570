/* Stock that a file says of a warehouse. */
#pragma once
#include "exchange/item.h"

/* What lies there now: fills known, changes, on_hand and reserved, and `promised` of a product for
 * which orders hold more than the file leaves. */
struct err *stock_look(struct work *w, struct item *items, size_t n) MUST_CHECK;

/* Sets what changes; warehouses that are not there are made. */
struct err *stock_write(struct work *w, struct item *items, size_t n) MUST_CHECK;
