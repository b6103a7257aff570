/* Which products a list shows, and in which order: from an address, or from what a form kept of
 * one. */
#pragma once
#include "catalog/bulk.h"
#include "http/request.h"

#define FOUND_MOST 4000 /* answers to a text: nobody reads further */

struct product_filter {
    const char *q, *status, *stock, *missing; /* NULL: any */
    int64_t category;                         /* with all below it; 0: any */
    const char *sort;                         /* "newest", "title" …; "-price" from the end */
};

/* Values that are none of ours count as not given. */
struct product_filter product_filter_read(const struct pairs *query);
bool product_filter_is_set(const struct product_filter *f);

/* A page of ids: `key` and `id` are those of the last row before it ("" and 0: the first page);
 * keys of each row, NULL-terminated by count. */
struct product_page {
    struct ids ids;
    const char **keys;
    const char *corrected; /* what was looked for instead of the text; NULL: the text */
};
struct err *product_page_load(struct work *w, const struct product_filter *f, const char *key,
                              int64_t id, int64_t limit, struct product_page *out) MUST_CHECK;
