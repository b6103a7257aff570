/* From the bytes of an uploaded picture to its WebP variants: pure, without SQL, HTTP or clock.
 *
 * JPEG, PNG, GIF (first frame) and WebP (first frame) come in, told by content, never by name. The
 * headers are read by our own code and held against the limits before any decoder allocates. EXIF
 * orientation is applied, metadata left out, colours converted to sRGB (a large JPEG's original
 * keeps its profile instead, which costs nothing), alpha kept, nothing ever enlarged.
 *
 * Everything lives in the arena given; a hostile file may still cost time and memory inside a
 * library, so callers convert in a child process with limits (child.h). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

enum picture_format { PICTURE_JPEG = 1, PICTURE_PNG, PICTURE_GIF, PICTURE_WEBP };

struct picture_limits {
    uint64_t bytes, pixels;
    uint32_t side; /* longest side that comes in */
    uint32_t segments, scans, frames;
    size_t profile_bytes;
};
extern const struct picture_limits
    picture_limits_normal; /* 25 MiB, 64 MP, 30,000, … (IMAGES.md 4) */

/* What the headers say. */
struct picture_header {
    enum picture_format format;
    uint32_t width, height; /* as stored */
    int orientation;        /* 1 … 8 */
    struct bytes profile;   /* ICC, pieces of a JPEG's joined; length 0: none */
    bool lossy_webp, animated, has_alpha;
    struct bytes vp8; /* of a lossy WebP without alpha: the payload of its VP8 chunk */
};

/* UNSUPPORTED image.format: none of the four. TOO_LARGE image.too_large (bytes). INVALID
 * image.too_many_pixels, image.too_wide, image.broken, image.too_complex. */
struct err *picture_sniff(struct arena *a, struct bytes file, const struct picture_limits *limits,
                          struct picture_header *out) MUST_CHECK;

struct picture; /* decoded */

/* INVALID image.broken when the decoder cannot make a picture of it. Salvages as browsers do: a
 * JPEG may end early, bytes behind the end do not count. */
struct err *picture_decode(struct arena *a, struct bytes file, const struct picture_header *header,
                           struct picture **out) MUST_CHECK;

struct picture_variant {
    int width, height; /* upright */
    struct bytes file; /* WebP, or JPEG of picture_feed() */
};

/* The two small ones, the second made from the first. */
struct err *picture_small(struct arena *a, struct picture *p, struct picture_variant *medium,
                          struct picture_variant *thumb) MUST_CHECK;
/* The original's size, at most 16,383 a side. `method` 0 … 6 (4 is best, 2 costs 2.3 × less). Uses
 * the picture up: its planes may be changed in place. A lossy WebP keeps its bitstream where it
 * can, and a picture no larger than its medium has the medium's file, when that is made already. */
struct err *picture_original(struct arena *a, struct picture *p, int method,
                             struct picture_variant *out) MUST_CHECK;
/* Once the small ones are made, the original costs no encoding. */
bool picture_original_is_free(const struct picture *p);
/* A JPEG that fits 1080 × 1080, on white; a long picture's short side keeps 500. */
struct err *picture_feed(struct arena *a, struct picture *p,
                         struct picture_variant *out) MUST_CHECK;

void picture_size(const struct picture *p, int *width, int *height); /* upright */

/* The sides of what fits most × most: never larger than w × h, never 0. */
void picture_fit(int w, int h, int most, int *out_w, int *out_h);
