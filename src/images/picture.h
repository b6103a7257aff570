/* A decoded picture: for the files of the pixel work only. */
#pragma once
#include "images/convert.h"

#define SIDE_OUT_MAX 16383

/* Either YUV 4:2:0 in WebP's limited range, as JPEG and lossy WebP give it, or RGBA. */
struct planes {
    bool is_rgba;
    int width, height;
    uint8_t *y, *u, *v; /* YUV; chroma is (width + 1) / 2 × (height + 1) / 2 */
    int y_stride, uv_stride;
    uint8_t *rgba; /* width × 4 a row */
};

struct picture {
    struct planes planes;
    bool has_alpha;
    int orientation;
    struct bytes profile; /* to be applied still; length 0: the pixels are sRGB */
    struct bytes vp8;     /* may stand as it is for the original */
};

/* jpeg.c, png.c, gif.c, webp.c. INVALID image.broken. */
struct err *jpeg_decode(struct arena *a, struct bytes file, const struct picture_header *h,
                        struct picture *p) MUST_CHECK;
struct err *png_decode(struct arena *a, struct bytes file, const struct picture_header *h,
                       struct picture *p) MUST_CHECK;
struct err *gif_decode(struct arena *a, struct bytes file, const struct picture_header *h,
                       struct picture *p) MUST_CHECK;
struct err *webp_decode(struct arena *a, struct bytes file, const struct picture_header *h,
                        struct picture *p) MUST_CHECK;

struct planes planes_yuv(struct arena *a, int width, int height);
struct planes planes_rgba(struct arena *a, int width, int height);
struct err *picture_broken(struct arena *a, const char *why) MUST_CHECK; /* `why` for the log */

/* scale.c: Lanczos of three lobes. Alpha is premultiplied inside. */
struct planes planes_scaled(struct arena *a, const struct planes *from, int width, int height,
                            bool has_alpha);
/* One plane of `channels` interleaved bytes; `ratio_x`, `ratio_y` are source by target sizes. */
void scale_plane(struct arena *a, const uint8_t *from, int from_w, int from_h, int from_stride,
                 uint8_t *to, int to_w, int to_h, int to_stride, double ratio_x, double ratio_y,
                 int channels);

/* orient.c: as EXIF's orientation asks. */
struct planes planes_upright(struct arena *a, const struct planes *from, int orientation);

/* colour.c */
void yuv_full_to_limited(struct planes *p); /* JPEG's range to WebP's */
bool planes_opaque(const struct planes *p); /* RGBA whose alpha is full everywhere */
struct planes planes_to_rgba(struct arena *a, const struct planes *from);
/* Converts RGBA from the profile to sRGB in place; a profile that cannot be read changes nothing.
 */
void rgba_to_srgb(struct bytes profile, uint8_t *rgba, size_t pixels);
bool profile_is_srgb(struct bytes profile);
/* CMYK (as Adobe inverts it) to RGBA, by the profile or by plain multiplication. */
void cmyk_to_rgba(struct bytes profile, const uint8_t *cmyk, uint8_t *rgba, size_t pixels);

/* exif.c: orientation in a TIFF block; 1 when there is none, or nonsense. */
int exif_orientation(struct bytes tiff);
/* The same in a text chunk of PNG, where ImageMagick writes EXIF as hex digits. */
int exif_orientation_in_text(struct bytes text);
