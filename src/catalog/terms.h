/* What a shop says of all its products: its languages, its currency, its taxes. */
#pragma once
#include "catalog/catalog.h"

#define TERMS_LANGUAGES_MAX 40

struct shop_terms {
    const char *slug, *name, *country; /* country: two letters, or "" */
    enum currency currency;
    const char *languages[TERMS_LANGUAGES_MAX]; /* the usual one first */
    size_t language_count;                      /* 1 … */
    int64_t tax_bp;                             /* the usual rate, hundredths of a per cent */
    bool prices_with_tax;
};

/* Of the transaction's shop. NOT_FOUND shop.unknown. */
struct err *shop_terms_load(struct work *w, struct shop_terms *out) MUST_CHECK;
/* Everything but slug and currency. INVALID as its fields are. */
struct err *shop_terms_save(struct work *w, const struct shop_terms *terms) MUST_CHECK;
