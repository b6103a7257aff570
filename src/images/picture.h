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
    struct bytes profile;          /* to be applied still; length 0: the pixels are sRGB */
    struct bytes vp8;              /* may stand as it is for the original */
    struct picture_variant medium; /* made already, and as large as the picture; else zeros */
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

/* Zeros. In large pages where the system has them: to touch the first time costs a third. */
void *pixel_memory(struct arena *a, size_t size);
struct planes planes_yuv(struct arena *a, int width, int height);
struct planes planes_rgba(struct arena *a, int width, int height);
struct err *picture_broken(struct arena *a, const char *why) MUST_CHECK; /* `why` for the log */

/* scale.c: Lanczos of three lobes, to the size given (as stored, not upright); alpha is
 * premultiplied inside. Not turned yet, but the chroma lies where it must once it is. What needs
 * neither comes back itself. */
struct planes planes_scaled(struct arena *a, const struct picture *p, int width, int height);

struct axis {
    int from, to;
    double ratio; /* source by target size */
    double shift; /* of the target's samples, in their distances */
};
/* One plane of `channels` interleaved bytes. */
void scale_plane(struct arena *a, const uint8_t *from, int from_stride, uint8_t *to, int to_stride,
                 struct axis x, struct axis y, int channels);

/* orient.c: as EXIF's orientation asks. */
struct planes planes_upright(struct arena *a, const struct planes *from, int orientation);
void turn_mirrors(int orientation, bool *x, bool *y); /* which of the source's axes are reversed */

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
