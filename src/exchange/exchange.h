/* Files that come into a shop and go out of it, for main: who else calls nothing here. */
#pragma once
#include "base/money.h"
#include "base/work.h"

struct views;
struct language;

/* At start of whoever runs jobs: the words of files of errors. Process-long. */
void exchange_use(const struct views *views);

/* The shop of that slug. NOT_FOUND vendor.unknown. Opens a transaction of its own. */
struct err *exchange_vendor_named(struct work *w, const char *slug,
                                  struct vendor_id *out) MUST_CHECK;

/* A file on disk into the shop w->vendor, as `souk import` does it: checked, and then, unless `dry`
 * or what is wrong stops it, run. Says on standard output how far it is and what is wrong. *ok
 * false: something was refused. Opens transactions of its own. */
struct import_order {
    const char *path;
    bool dry, stop_on_errors;
    const char *fixed; /* JSON: {"price": "1.00"}; NULL: none */
    const char *map;   /* "gtin=sku,name=title": columns that are to be read as these; NULL: none */
};
struct err *exchange_import_file(struct work *w, const struct import_order *order,
                                 bool *ok) MUST_CHECK;

/* ---- Inside the room ---- */

const struct language *exchange_language(const char *code);
/* In a transaction of the shop: what its files need to know of it. */
struct err *exchange_shop(struct work *w, enum currency *currency, const char **language,
                          int64_t *images_per_product) MUST_CHECK;
