/* Products and orders as short texts, for tests to compare. */
#pragma once
#include "base/text.h"
#include "exchange/orders_in.h"

/* "SKU: title | brand | A > B | #tag | active | Size: [SKU 9.99<12.00 x5 500g Small]" and so on:
 * only what is said. */
const char *product_shown(struct arena *a, const struct import_product *p);
/* "!code@line/column value" for each; "~" instead of "!" for those that do not refuse. */
const char *findings_shown(struct arena *a, const struct findings *fs);
/* All products of a file, a line each, findings behind them. */
const char *file_shown(struct arena *a, int fd, const struct import_settings *settings);
/* The plan is proposed and used as it is. */
struct import_reader *file_opened(struct arena *a, int fd, const struct import_settings *settings);
