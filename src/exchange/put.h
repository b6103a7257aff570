/* From a file's terms into the catalogue's: some products of a file are checked against the shop,
 * and written unless it is a check only. What is wrong is found the same way in both, so a check
 * promises nothing that a run does not keep. */
#pragma once
#include "exchange/found.h"
#include "exchange/record.h"

struct put_how {
    bool dry;
    const struct mapping *mapping; /* to say in which column something is wrong */
    bool priced;                   /* a column of the file has prices */
    enum currency currency;
    const char *language;
    const struct import_fixed *fixed;
    size_t fixed_count;
    char decimal;
    bool limited;        /* by the shop's tier, to … */
    int64_t room;        /* … so many products more */
    int64_t images_most; /* of one product; 0: not limited */
};

/* In a transaction that writes. Products that are refused already only have their findings noted.
 * INVALID, CONFLICT: something that was not foreseen is wrong with one of them; nothing may be
 * committed. */
struct err *put_products(struct work *w, const struct put_how *how,
                         struct import_product *const *at, size_t n, struct found *out) MUST_CHECK;
