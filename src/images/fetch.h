/* Images that come from addresses: what an import or a person names is written down here, and a job
 * fetches it; what it becomes is an image like an uploaded one, with the same limits. Addresses
 * that are not of the public internet are refused (net/url.h). */
#pragma once
#include "base/work.h"

struct image_want {
    struct product_id product;
    const char *url;
    const char *alt;  /* NULL: "" */
    int64_t position; /* 1 is the main image */
};

/* In the caller's transaction that writes, of the tenant: these products are to have these images.
 * In few statements, however many; the order of a product's positions is kept. An address that the
 * product has already is fetched no second time, unless it had failed. What cannot be an address is
 * kept as failed with its reason; a product that is not the tenant's is left out. */
struct err *images_want(struct work *w, const struct image_want *wants, size_t n) MUST_CHECK;

/* Which of them images_want() would have fetched: those that no row names yet. A product 0 is one
 * that is not there yet, and all of it new. In any transaction of the tenant. */
struct err *images_want_new(struct work *w, const struct image_want *wants, size_t n,
                            bool *is_new) MUST_CHECK;

/* How it stands: of the product, or of all the tenant's with product 0. */
struct image_want_counts {
    int64_t waiting, done, failed;
};
struct err *images_wanted_count(struct work *w, struct product_id product,
                                struct image_want_counts *out) MUST_CHECK;

struct image_wanted {
    int64_t id, position, tries, due_us;
    const char *url, *alt;
    const char *state;  /* waiting, fetching, done, failed */
    const char *reason; /* code of the last failure: "fetch.timeout", "image.too_many"; "" */
};
/* Of the product, those that failed first, at most `most`. */
struct err *images_wanted_of(struct work *w, struct product_id product, int64_t most,
                             struct image_wanted **out, size_t *n) MUST_CHECK;
/* What failed is fetched again: of the product, or of all with product 0; *n may be NULL. */
struct err *images_want_again(struct work *w, struct product_id product, int64_t *n) MUST_CHECK;

/* For a product's page: `wanted` {waiting, failed (list of {url, reason})}, missing when all is
 * well. */
struct val;
struct err *images_wanted_model(struct work *w, struct val *model,
                                struct product_id product) MUST_CHECK;
