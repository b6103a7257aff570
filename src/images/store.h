/* The room's own rows: what store.c offers to its other files. */
#pragma once
#include "images/images.h"

/* What is known of a content: sides and bytes of each variant; no id, position or alt. */
struct err *images_load_content(struct work *w, const struct sha256 *hash, bool *found,
                                struct image *out) MUST_CHECK;
struct err *images_lock_content(struct work *w, const struct sha256 *hash) MUST_CHECK;
/* `content` with its original's bytes 0 and pending set when that follows. */
struct err *images_save_content(struct work *w, const struct image *content,
                                uint64_t upload_bytes) MUST_CHECK;
/* Raises the product's version and takes its lock. NOT_FOUND image.no_product. */
struct err *images_touch_product(struct work *w, struct product_id product) MUST_CHECK;
/* Fills id, position and alt. INVALID image.content_gone when the content's row is not there. */
struct err *images_attach(struct work *w, struct product_id product, struct image *image,
                          bool *is_new) MUST_CHECK;
struct err *images_save_original(struct work *w, const struct sha256 *hash,
                                 uint64_t bytes) MUST_CHECK;

/* Neither made nor refused. */
struct err *images_feed_wanted(struct work *w, const struct sha256 *hash, bool *wanted) MUST_CHECK;
/* One of the two is NULL. The row may be gone, then nothing happens. */
struct make_feed;
struct err *images_save_feed(struct work *w, const struct sha256 *hash,
                             const struct make_feed *made, const char *refused) MUST_CHECK;
/* Of rows with one column. */
struct rows;
void images_read_hashes(struct work *w, const struct rows *rows, struct sha256 **out, size_t *n);

/* Contents without a reference for a day, at most 200. */
struct err *images_load_unused(struct work *w, struct sha256 **hashes, size_t *n) MUST_CHECK;
/* *rows 0: it is in use again. */
struct err *images_free_content(struct work *w, const struct sha256 *hash,
                                int64_t *rows) MUST_CHECK;
