/* The JPEG that product feeds name: "…_feed.jpg" beside the other files of a content. It fits
 * 1080 × 1080 (a long picture goes beyond that, so that its short side keeps 500), in sRGB, on
 * white. Made when a feed first wants it, from what is stored, and gone with the content.
 *
 * Statements of a feed find it in image_file: feed_bytes is NULL until it is made; feed_refused
 * says why there will be none ('small': a side under 500 pixels, 'broken'); image_url(hash,
 * 'feed.jpg') is its address. */
#pragma once
#include "base/digest.h"
#include "base/work.h"

#define IMAGE_FEED_LEAST 500 /* pixels a side that channels want */

struct image_hashes {
    struct sha256 *at;
    size_t count;
};

/* In the caller's transaction: contents of the tenant's images that have neither a rendition nor a
 * reason for none, the first images of products before others; at most `most`. `active_only`: of
 * products that are active. */
struct err *images_feed_missing(struct work *w, bool active_only, int64_t most,
                                struct image_hashes *out) MUST_CHECK;

/* Makes what is missing of these, each in a child process, about 50 ms a picture; opens
 * transactions of its own, so none may be open. What cannot be made is noted as refused and is no
 * failure. Ends early after `most_ms`. *looked: how many were seen to, of the first. FULL
 * file.no_room. */
struct err *images_feed_make(struct work *w, const struct image_hashes *hashes, int64_t most_ms,
                             size_t *looked) MUST_CHECK;
